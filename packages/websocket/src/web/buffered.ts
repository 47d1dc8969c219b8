/** The turns of the event loop in which something was sent. */
let turn = 0;
let isArmed = false;

function thisTurn(): number {
  if (!isArmed) {
    isArmed = true;
    setImmediate(nextTurn);
  }
  return turn;
}

function nextTurn(): void {
  isArmed = false;
  turn++;
}

/**
 * `bufferedAmount` of a WebSocket: octets that `send` has taken and the network has not. By the standard it does not fall
 * while the script runs that has sent, and what is sent when the connection is not open any more is added and stays.
 */
export class BufferedAmount {
  #unsent = 0;
  #lost = 0;
  /** The turn of the last message; -1 when it is over. */
  #turn = -1;

  /** `backlog`: octets that wait behind the interface, as they go over the wire. */
  amount(backlog: number): number {
    this.#settle(backlog);
    return this.#unsent + this.#lost;
  }

  add(octets: number, backlog: number): void {
    this.#settle(backlog);
    this.#unsent += octets;
    this.#turn = thisTurn();
  }

  /** The message is never sent: the connection is closing or closed. */
  lose(octets: number): void {
    this.#lost += octets;
  }

  /** The connection is gone, and with it what waited. */
  end(backlog: number): void {
    this.#settle(backlog);
    this.lose(this.#unsent);
    this.#unsent = 0;
  }

  #settle(backlog: number): void {
    if (this.#turn === turn && isArmed) return;
    this.#unsent = Math.min(this.#unsent, backlog);
  }
}
