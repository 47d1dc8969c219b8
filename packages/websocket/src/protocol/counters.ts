/** What went over one connection so far. Plain numbers: read them, do not write them. */
export class Counters {
  /** Octets handed to `receive`, those that were discarded included. */
  octetsReceived = 0;
  /** Whole frames, control frames included. */
  framesReceived = 0;
  /** Messages delivered. */
  messagesReceived = 0;
  pingsReceived = 0;
  pongsReceived = 0;
  /** Octets put into the output; the transport knows how many of them it has written. */
  octetsSent = 0;
  framesSent = 0;
  messagesSent = 0;
  pingsSent = 0;
  pongsSent = 0;
}
