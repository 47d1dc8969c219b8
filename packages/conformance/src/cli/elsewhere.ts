import { readFileSync } from "node:fs";
import { isIPv4 } from "node:net";

/** What is known about the machine on which this process runs. */
export interface Surroundings {
  /** This process runs in a container of our image. */
  readonly isImage: boolean;
  /** Address of the default gateway, which is the host of a container; null if there is none. */
  readonly gateway: string | null;
}

/** Names that containers have for the machine on which they run. */
const CONTAINER_HOSTS = ["host.docker.internal", "host.containers.internal", "host.testcontainers.internal"];
/** Both addresses of the loopback interface. */
const LOOPBACK = "localhost";

/**
 * Other hosts on which a server may be. If the URL has a name that containers use for their host, and this name cannot
 * be resolved, it means this machine. In our image, the loopback address may mean the host of the container.
 */
export function elsewhere(url: string, surroundings: Surroundings = surroundingsOf()): readonly string[] {
  const { isImage, gateway } = surroundings;
  const host = new URL(url).hostname.replace(/\.$/, "");
  const gateways = isImage && gateway !== null ? [gateway] : [];
  if (CONTAINER_HOSTS.includes(host)) return [LOOPBACK, ...gateways];
  if (isImage && isLoopback(host)) return [...CONTAINER_HOSTS.slice(0, 2), ...gateways];
  return [];
}

/** The gateway of the first default route in the table of Linux. */
export function gatewayOf(routes: string): string | null {
  for (const line of routes.split("\n").slice(1)) {
    const [, destination, gateway = "", flags = ""] = line.split(/\s+/);
    const isUp = (Number.parseInt(flags, 16) & 3) === 3;
    if (destination !== "00000000" || !isUp || !/^[\dA-F]{8}$/i.test(gateway)) continue;
    // The table has a number in the byte order of this machine: lowest octet first.
    return [...Buffer.from(gateway, "hex").reverse()].join(".");
  }
  return null;
}

function isLoopback(host: string): boolean {
  return (
    host === LOOPBACK ||
    host === "[::1]" ||
    host === "0.0.0.0" ||
    host === "[::]" ||
    (isIPv4(host) && host.startsWith("127."))
  );
}

/** Only our image sets this variable. In other containers the user knows where the servers are. */
function surroundingsOf(): Surroundings {
  const isImage = process.env["WIREPROOF_IMAGE"] === "1";
  return { isImage, gateway: isImage ? gatewayOf(textOf("/proc/net/route")) : null };
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
