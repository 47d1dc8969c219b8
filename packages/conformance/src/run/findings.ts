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

  see(event: RunEvent): void {
    switch (event.type) {
      case "run":
        this.#profile = event.profile;
        for (const info of event.cases) this.#about.set(info.id, aboutOf(info));
        break;
      case "wire":
        this.#peer(event.peer).seeWire(event);
        break;
      case "case-end":
      case "case-unconfirmed":
        this.#peer(event.peer).see(event, this.#about.get(event.case));
        break;
      case "peer-exit":
      case "peer-down":
        this.#peer(event.peer).seeGone(event);
        break;
      default:
    }
  }

  #peer(key: string): PeerTrial {
    const peer = this.#peers.get(key) ?? new PeerTrial();
    this.#peers.set(key, peer);
    return peer;
  }

  /** What was found about a peer; undefined if it had no connection. */
  of(peer: string): PeerFindings | undefined {
    const found = this.#peers.get(peer);
    return found?.hasConnection === true ? this.#event(peer, found) : undefined;
  }

  /** What was found about every peer that had a connection. */
  all(): readonly PeerFindings[] {
    return [...this.#peers]
      .filter(([, { hasConnection }]) => hasConnection)
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

function aboutOf({ ending, requirements }: CaseInfo): AboutCase {
  const requirement = requirements[0]?.id;
  return { mustFail: ending.by === "peer", ...(requirement === undefined ? {} : { requirement }) };
}
