/** The message that is being sent in parts (RFC 6455 §5.4), and the messages that have to wait until it has ended. */
export class SendTurn {
  /** Payload data of the messages that wait. */
  waitingOctets = 0;
  /** Called when the connection is not open any more. */
  onAbandoned: (() => void) | undefined = undefined;
  #waiting: (() => void)[] = [];

  wait(octets: number, send: () => void): void {
    this.waitingOctets += octets;
    this.#waiting.push(send);
  }

  /** Sends what waits, in order. */
  end(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.waitingOctets = 0;
    for (const send of waiting) send();
  }

  /** The connection is not open any more: nothing will be sent. */
  abandon(): void {
    this.#waiting = [];
    this.waitingOctets = 0;
    this.onAbandoned?.();
  }
}
