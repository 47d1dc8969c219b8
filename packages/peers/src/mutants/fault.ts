/** What a strict echo server can get wrong, one thing at a time, and which cases have to notice it. */
export interface Fault {
  /** To follow "The server …" in a table. */
  readonly does: string;
  /** Ids of the cases of sections 24 and later that fail, or patterns of them: these and no others. */
  readonly caughtBy: string;
  /** It breaks more than that: other cases may fail as well. */
  readonly isBroad?: true;
  /** The requirement that these cases name. */
  readonly breaks?: string;
}
