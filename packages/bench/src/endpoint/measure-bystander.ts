import { worstRoundTrip } from "./load/bystander.js";
import { messageOf } from "./measure-cpu.js";
import { median, type Figure, type Problem, type RowResult } from "./result.js";
import type { Row } from "./rows.js";
import { ServerProcess } from "./server-process.js";
import { setupOf, type Candidate, type Certificate } from "./subject.js";

/** How long a polite client waits at worst while another floods: a server and process after the other, in turns. */
export async function measureBystander(
  row: Row,
  candidates: readonly Candidate[],
  certificate: Certificate,
  rounds: number,
  about: (server: string, text: string) => void,
): Promise<RowResult> {
  const { work } = row;
  if (work.do !== "bystander") throw new Error("only the rows of the bystander are measured so");
  const measured = new Map<string, number[]>();
  const problems: Problem[] = [];
  for (let round = 0; round < rounds; round++) {
    for (const { name, launch } of candidates) {
      if (problems.some(({ server }) => server === name)) continue;
      try {
        const { server, up } = await ServerProcess.start(launch, setupOf(row, certificate));
        about(name, up.about);
        try {
          const worst = await worstRoundTrip({ port: up.port, tls: row.tls }, work.flood, work.octets);
          measured.set(name, [...(measured.get(name) ?? []), worst]);
        } finally {
          await server.stop();
        }
      } catch (error) {
        measured.delete(name);
        problems.push({ server: name, because: messageOf(error) });
      }
    }
  }
  return { row, figures: [...measured].map(([server, all]) => figure(server, all)), problems };
}

function figure(server: string, rounds: readonly number[]): Figure {
  return { server, value: median(rounds), rounds, serverBusy: null, generatorBusy: null, perSecond: null };
}
