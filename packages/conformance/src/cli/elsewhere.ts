import { readFileSync } from "node:fs";
import { isIPv4 } from "node:net";

/** What is known of the machine that this runs on. */
export interface Surroundings {
  /** It is a container of our image. */
  readonly isImage: boolean;
  /** Address of the default gateway, which for a container is its host; null if there is none. */
  readonly gateway: string | null;
}

/** What containers call the machine that they run on. */
const CONTAINER_HOSTS = ["host.docker.internal", "host.containers.internal", "host.testcontainers.internal"];
/** Both addresses of the loopback interface. */
const LOOPBACK = "localhost";

/**
 * Other hosts on which a server may be. A name that containers give their host means this machine where nobody knows
 * it; and in our image, where nothing listens at the loopback address, this machine may mean its host.
 */
export function elsewhere(url: string, surroundings: Surroundings = surroundingsOf()): readonly string[] {
  const { isImage, gateway } = surroundings;
  const host = new URL(url).hostname.replace(/\.$/, "");
  const gateways = isImage && gateway !== null ? [gateway] : [];
  if (CONTAINER_HOSTS.includes(host)) return [LOOPBACK, ...gateways];
  if (isImage && isLoopback(host)) return [...CONTAINER_HOSTS.slice(0, 2), ...gateways];
  return [];
}

/** The first line of a default route, of the table that Linux shows. */
export function gatewayOf(routes: string): string | null {
  for (const line of routes.split("\n").slice(1)) {
    const [, destination, gateway = "", flags = ""] = line.split(/\s+/);
    const isUp = (Number.parseInt(flags, 16) & 3) === 3;
    if (destination !== "00000000" || !isUp || !/^[\dA-F]{8}$/i.test(gateway)) continue;
    // As a number of this machine, which has its lowest octet first.
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

/** Only the image says that it is one: other containers know where their servers are. */
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
