import type { AboutCase } from "../judge/blame.js";
import type { Profile } from "../record/record.js";
import type { CaseInfo, PeerFindings, RunEvent } from "./event.js";
import { findingsOf } from "./finding-drafts.js";
import { PeerTrial } from "./peer-trial.js";

/**
 * Finds what is wrong with each peer, from the events of a run and nothing else: what its cases say, and what the octets
 * of all its connections show. A connection whose result was not confirmed counts for the latter: a limit that ran out
 * makes no octet illegal.
 */
export class RunFindings {
  readonly #peers = new Map<string, PeerTrial>();
  readonly #about = new Map<string, AboutCase>();
  #profile: Profile = "modern";
  #areClients = false;
  #firstCase: string | undefined;

  see(event: RunEvent): void {
    switch (event.type) {
      case "run":
        this.#profile = event.profile;
        this.#areClients = event.config.role === "server";
        this.#firstCase = event.cases[0]?.id;
        for (const info of event.cases) this.#about.set(info.id, aboutOf(info));
        break;
      case "wire":
        this.#peer(event.peer).seeWire(event);
        break;
      case "case-end":
      case "case-unconfirmed":
        this.#peer(event.peer).see(event, this.#about.get(event.case));
        break;
      case "peer-output":
        this.#peer(event.peer).seeOutput(event);
        break;
      case "note":
        if (event.peer !== undefined) this.#peer(event.peer).seeNote(event);
        break;
      case "peer-exit":
      case "peer-down":
        this.#peer(event.peer).seeGone(event);
        break;
      default:
    }
  }

  #peer(key: string): PeerTrial {
    const peer = this.#peers.get(key) ?? new PeerTrial(this.#areClients, this.#firstCase);
    this.#peers.set(key, peer);
    return peer;
  }

  /** What was found about a peer; undefined if there is nothing to be said of it. */
  of(peer: string): PeerFindings | undefined {
    const found = this.#peers.get(peer);
    return found?.isKnown === true ? this.#event(peer, found) : undefined;
  }

  /** What was found about every peer that had a connection, or should have had one. */
  all(): readonly PeerFindings[] {
    return [...this.#peers]
      .filter(([, { isKnown }]) => isKnown)
      .map(([peer, trial]) => this.#event(peer, trial));
  }

  #event(peer: string, trial: PeerTrial): PeerFindings {
    const { connections, isClient, maskingKeys } = trial;
    return {
      type: "findings",
      peer,
      connections,
      ...(isClient ? { maskingKeys: maskingKeys.frames } : {}),
      findings: findingsOf(trial, this.#profile),
    };
  }
}

function aboutOf({ ending, requirements, title }: CaseInfo): AboutCase {
  const requirement = requirements[0]?.id;
  return { title, mustFail: ending.by === "peer", ...(requirement === undefined ? {} : { requirement }) };
}
