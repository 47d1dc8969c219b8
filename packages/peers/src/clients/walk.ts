/** A client library, as far as a walk through a fuzzing server needs it. */
export interface EchoClient {
  /** Opens the URL, sends every message back as it came, and resolves when the connection is gone, however it went. */
  echo(url: string): Promise<void>;
  /** Opens the URL and resolves when the connection is gone, with the text of the first message, null if none came. */
  ask(url: string): Promise<string | null>;
}

export interface WalkOptions {
  /** Where the fuzzing server is, without a path. */
  readonly url: string;
  /** What the client calls itself. */
  readonly agent: string;
  /** Connections at the same time; 1 if absent. */
  readonly connections?: number;
  /** Cases by their number from 1, in this order; all of them if absent. */
  readonly cases?: readonly number[];
  /** More of the query of `/updateReports`, such as `shutdownOnComplete=true`. */
  readonly report?: string;
  /** Certificates to trust, in PEM. */
  readonly ca?: string;
}

/** Walks through the cases of a fuzzing server and asks it for its reports. */
export type Walk = (options: WalkOptions) => Promise<void>;

/** Asks how many cases there are, runs them, asks for reports. Throws where the server says nothing of use. */
export async function walkWith(client: EchoClient, options: WalkOptions): Promise<void> {
  const { url, connections = 1, report } = options;
  const agent = `agent=${encodeURIComponent(options.agent)}`;
  const waiting = [...(options.cases ?? (await allCases(client, url)))];
  const lane = async (): Promise<void> => {
    for (let number = waiting.shift(); number !== undefined; number = waiting.shift()) {
      await client.echo(`${url}/runCase?case=${number}&${agent}`);
    }
  };
  await Promise.all(Array.from({ length: connections }, lane));
  await client.ask(`${url}/updateReports?${agent}${report === undefined ? "" : `&${report}`}`);
}

async function allCases(client: EchoClient, url: string): Promise<readonly number[]> {
  const said = await client.ask(`${url}/getCaseCount`);
  const count = Number(said);
  if (said === null || !Number.isInteger(count)) throw new Error(`${url} does not say how many cases it has`);
  return Array.from({ length: count }, (_, index) => index + 1);
}
