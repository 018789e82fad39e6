/**
 * Conformance suites for every port: `conforms(userStore, "my adapter", layer)` in a vitest file declares a test for
 * each promise.
 */
export { allStores } from "./allStores.ts"
export { billingStore } from "./billingStore.ts"
export { companyArchive } from "./companyArchive.ts"
export { companyDirectory } from "./companyDirectory.ts"
export { companyHome } from "./companyHome.ts"
export { companyWork } from "./companyWork.ts"
export { cursorStore } from "./cursorStore.ts"
export { digest } from "./digest.ts"
export { eventBus, eventBusWithin } from "./eventBus.ts"
export { eventLog } from "./eventLog.ts"
export { ids } from "./ids.ts"
export { type Instances, instances } from "./instances.ts"
export { lookingBus } from "./lookingBus.ts"
export { reportStore } from "./reportStore.ts"
export { sharedBillingStore, sharedCursorStore, sharedReportStore, sharedTaskStore, sharedUserStore } from "./shared.ts"
export {
  check,
  conforms,
  type Needs,
  type OptOut,
  type Options,
  type Promises,
  type Suite,
  type Verdict
} from "./Suite.ts"
export { taskStore } from "./taskStore.ts"
export { userStore } from "./userStore.ts"
