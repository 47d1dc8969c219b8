export const Side = { Client: 0, Server: 1 } as const;

export type Side = (typeof Side)[keyof typeof Side];

/** Where a connection stands: `Closing` from the first sign of an end on either side, `Closed` when the transport is gone. */
export const State = { Open: 1, Closing: 2, Closed: 3 } as const;

export type State = (typeof State)[keyof typeof State];
