import { setImmediate } from "node:timers";

/** Something that has output and wants to write it at the end of this turn. */
export interface Dirty {
  flush(): void;
}

/** Kept at start-up: the tests of an application may replace it later, to control the time. */
export const immediate: typeof setImmediate = setImmediate;

const settled = Promise.resolve();
let waiting: Dirty[] = [];
let spare: Dirty[] = [];
let isFlushing = false;

let readers: Dirty[] = [];
let spareReaders: Dirty[] = [];
let firstReadAt = 0;
/** So many reads are answered at once, since lately no other socket was read in the same turn. */
let readsAlone = 0;

/**
 * Calls `flush` once the running code has ended, before the event loop goes on. All that wait share one microtask: a
 * thousand receivers of a broadcast cost one promise, and many messages to one receiver cost one write. The caller must
 * not let anything wait twice.
 */
export function flushSoon(dirty: Dirty): void {
  if (waiting.push(dirty) === 1) void settled.then(flushAll);
}

/**
 * Calls `flush` when all sockets that have something to read now have been read, or `LONGEST_WAIT_MS` after the first
 * of them. The system works faster when it writes to one socket after the other, and a peer on the same machine wakes
 * up once and not for each answer: this saves 15 % of the processor time of a 64-octet echo on 20 connections, 5 % on
 * 100.
 */
export function flushAfterReads(dirty: Dirty): void {
  if (readsAlone > 0) {
    readsAlone -= 1;
    dirty.flush();
  } else if (readers.push(dirty) === 1) {
    firstReadAt = performance.now();
    immediate(flushReaders);
  } else if (performance.now() - firstReadAt > LONGEST_WAIT_MS) {
    flushReaders();
  }
}

/** Writes what waits for the end of the running code now, as far as the system takes it. */
export function flushNow(): void {
  if (!isFlushing) flushAll();
}

function flushAll(): void {
  const batch = waiting;
  // Calls while these are written get another microtask.
  waiting = spare;
  isFlushing = true;
  try {
    for (const dirty of batch) dirty.flush();
  } finally {
    isFlushing = false;
    batch.length = 0;
    spare = batch;
  }
}

function flushReaders(): void {
  const batch = readers;
  readers = spareReaders;
  if (batch.length === 1) readsAlone = READS_ALONE;
  try {
    for (const dirty of batch) dirty.flush();
  } finally {
    batch.length = 0;
    spareReaders = batch;
  }
}

/** Handlers that take long must not delay the answers of other connections. */
const LONGEST_WAIT_MS = 0.25;

/** With a single connection, waiting costs 10 % and saves nothing. It is still tried once in so many reads. */
const READS_ALONE = 16;
