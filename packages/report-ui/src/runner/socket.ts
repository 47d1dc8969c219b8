/** Opens the URL and sends every message back until the connection is gone. Resolves with false if it never opened. */
export async function echo(url: string, signal: AbortSignal): Promise<boolean> {
  await beOnSession();
  return await new Promise((resolve) => {
    let hasOpened = false;
    const socket = open(url, signal, () => resolve(hasOpened));
    socket.addEventListener("open", () => {
      hasOpened = true;
    });
    socket.addEventListener("message", ({ data }) => socket.send(data as string | ArrayBuffer));
  });
}

/**
 * A browser opens a WebSocket over HTTP/2 only on a session that it has already, and cases end sessions. Only a page of the
 * tester's own port comes over TLS.
 */
async function beOnSession(): Promise<void> {
  if (location.protocol !== "https:") return;
  // Where that is not possible, the case itself shows it.
  await fetch("/", { cache: "no-store" }).catch(() => undefined);
}

/** Opens the URL and resolves with the text of the first message when the connection is gone; null if none came. */
export function ask(url: string, signal: AbortSignal): Promise<string | null> {
  return new Promise((resolve) => {
    let said: string | null = null;
    const socket = open(url, signal, () => resolve(said));
    socket.addEventListener("message", ({ data }) => {
      said ??= String(data);
    });
  });
}

/** When the time is over, the closing handshake is not awaited. */
function open(url: string, signal: AbortSignal, gone: () => void): WebSocket {
  const socket = new WebSocket(url);
  socket.binaryType = "arraybuffer";
  const leave = (): void => {
    signal.removeEventListener("abort", leave);
    socket.close();
    gone();
  };
  socket.addEventListener("close", leave);
  if (signal.aborted) leave();
  else signal.addEventListener("abort", leave);
  return socket;
}
