/** What is wrong with the HTTP/2 of a peer, in a clause, and the error code with which the connection ends. */
export interface Http2Problem {
  /** Such as `a head is interrupted by another frame`. */
  readonly because: string;
  /** By number (RFC 9113 §7). */
  readonly code: number;
  /** Id of the requirement that it breaks; absent if it breaks none. */
  readonly requirement?: string;
  /** Its first octets, if they are something else than HTTP/2; one character is one octet. */
  readonly said?: string;
}
