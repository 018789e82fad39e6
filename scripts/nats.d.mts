export declare const natsServer: string | undefined
export declare const natsUrl: string | undefined
export declare const hasNats: boolean
