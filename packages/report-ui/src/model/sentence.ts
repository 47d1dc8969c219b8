import { verdictSentence, type VerdictSentence } from "wireproof/page";
import { peerLabel, type Peer, type RunModel } from "./run-model.js";
import { count } from "./text.js";

/** What the run says of a peer; it goes behind its name. */
export function sentenceOf(peer: Peer, model: RunModel): VerdictSentence {
  if (peer.down !== null && peer.results.size === 0) {
    return { text: "could not be tested", tone: "blocked" };
  }
  return verdictSentence({
    selected: peer.selected?.size ?? model.cases.length,
    results: [...peer.results.values()],
    findings: peer.found?.findings ?? [],
    isOver: model.end !== null,
    exits: peer.exits.length,
  });
}

/** The whole run in a sentence: about its only peer, or how many of its peers conform. */
export function headline(model: RunModel): VerdictSentence {
  const { peers, end } = model;
  const [only] = peers;
  if (only === undefined) {
    return { text: end === null ? "No peer was tested so far" : "No peer was tested", tone: "not-run" };
  }
  const sentences = peers.map((peer) => sentenceOf(peer, model));
  if (peers.length === 1) {
    const { text, tone } = sentenceOf(only, model);
    return { text: `${peerLabel(only)} ${text}`, tone };
  }
  const number = (...tones: readonly VerdictSentence["tone"][]): number =>
    sentences.filter(({ tone }) => tones.includes(tone)).length;
  const [bad, fine] = [number("fail", "blocked"), number("pass", "non-strict")];
  const open = peers.length - bad - fine;
  const all = peers.length;
  if (bad === all) return { text: `None of ${count(all, "peer")} conforms`, tone: "fail" };
  if (fine === all) return { text: `All ${count(all, "peer")} conform`, tone: "pass" };
  const parts = [
    `${fine} of ${count(all, "peer")} ${fine === 1 ? "conforms" : "conform"}`,
    ...(bad > 0 ? [`${bad} ${bad === 1 ? "does" : "do"} not`] : []),
    ...(open > 0
      ? [
          end === null
            ? `${open} ${open === 1 ? "is" : "are"} not finished`
            : `${open} ${open === 1 ? "was" : "were"} not tested in full`,
        ]
      : []),
  ];
  const tone = bad > 0 ? "fail" : open > 0 ? "not-run" : "pass";
  return { text: parts.join(", "), tone };
}
