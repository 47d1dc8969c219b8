import type { Carrier, CarrierHost } from "../../src/engines/carrier.js";

/** A broker in this process that can be stopped, be slow, and fail, for engines in tests. */
export class MemoryBroker {
  /** What carriers did, such as "subscribe a, b". */
  readonly calls: string[] = [];
  /** While true, sent messages wait in the carrier. */
  isSlow = false;
  /** What `subscribe` rejects with. */
  refusal: Error | undefined = undefined;
  maxOctets: number | undefined = undefined;
  /** While true, what is sent goes nowhere, and nobody is told. */
  isDead = false;
  readonly #members = new Set<MemoryCarrier>();
  #isUp = true;
  #waiting: (() => void)[] = [];

  get isUp(): boolean {
    return this.#isUp;
  }

  carrier(): MemoryCarrier {
    return new MemoryCarrier(this);
  }

  join(carrier: MemoryCarrier): void {
    this.#members.add(carrier);
    if (this.#isUp) carrier.host?.up();
    else carrier.host?.down(new Error("refused"));
  }

  leave(carrier: MemoryCarrier): void {
    this.#members.delete(carrier);
  }

  /** What anybody may send on a channel. */
  send(channel: string, octets: Uint8Array): void {
    if (this.isDead) return;
    for (const { host, subscribed } of this.#members)
      if (subscribed.has(channel)) host?.message(channel, Buffer.from(octets));
  }

  /** Resolves when a slow broker has taken the message. */
  taken(): Promise<void> | undefined {
    return this.isSlow ? new Promise((resolve) => this.#waiting.push(resolve)) : undefined;
  }

  takeAll(): void {
    this.isSlow = false;
    for (const take of this.#waiting.splice(0)) take();
  }

  stop(): void {
    this.#isUp = false;
    for (const { host, subscribed } of this.#members) {
      subscribed.clear();
      host?.down(new Error("stopped"));
    }
  }

  restart(): void {
    this.#isUp = true;
    for (const { host } of this.#members) host?.up();
  }
}

export class MemoryCarrier implements Carrier {
  readonly name = "memory";
  readonly channels = "any";
  readonly subscribed: Set<string> = new Set();
  host: CarrierHost | undefined = undefined;
  isClosed = false;
  readonly #broker: MemoryBroker;

  constructor(broker: MemoryBroker) {
    this.#broker = broker;
  }

  get maxOctets(): number | undefined {
    return this.#broker.maxOctets;
  }

  open(host: CarrierHost): void {
    this.host = host;
    this.#broker.join(this);
  }

  async subscribe(channels: readonly string[]): Promise<void> {
    this.#broker.calls.push(`subscribe ${channels.length}`);
    if (this.#broker.refusal !== undefined) throw this.#broker.refusal;
    for (const channel of channels) this.subscribed.add(channel);
  }

  async unsubscribe(channels: readonly string[]): Promise<void> {
    this.#broker.calls.push(`unsubscribe ${channels.length}`);
    for (const channel of channels) this.subscribed.delete(channel);
  }

  send(channel: string, octets: Uint8Array): Promise<unknown> | void {
    if (!this.#broker.isUp) throw new Error("not connected");
    this.#broker.send(channel, octets);
    return this.#broker.taken();
  }

  reopen(): void {
    this.#broker.calls.push("reopen");
    this.subscribed.clear();
    if (!this.#broker.isDead) this.host?.up();
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.#broker.leave(this);
  }
}
