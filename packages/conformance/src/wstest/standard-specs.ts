/** The content of a new `fuzzingclient.json`. With an address on the command line it names no server. */
export function standardClientSpec(hasAddress: boolean): object {
  return {
    outdir: "./reports/servers",
    servers: hasAddress ? [] : [{ url: "ws://127.0.0.1:9001" }],
    ...SELECTION,
  };
}

const SELECTION = { cases: ["*"], "exclude-cases": [], "exclude-agent-cases": {} };

export const STANDARD_SERVER_SPEC: object = {
  url: "ws://127.0.0.1:9001",
  outdir: "./reports/clients",
  ...SELECTION,
};

export const STANDARD_MASSCONNECT_SPEC: object = {
  options: { connections: 10_000, batchsize: 100, batchdelay: 10, retrydelay: 10 },
  servers: [{ name: "localhost", uri: "ws://127.0.0.1:9000", desc: "A server on this machine." }],
};
