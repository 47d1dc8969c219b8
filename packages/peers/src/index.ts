import { fileURLToPath } from "node:url";

export { CHROMIUM, NO_CHROMIUM } from "./chromium.js";
export { mintCertificate } from "wireproof/certificate";
export type { KeyPair as Certificate } from "wireproof/certificate";
export { BROKEN_CLIENTS, walkBroken } from "./clients/broken.js";
export type { BrokenClientName } from "./clients/broken.js";
export { KEY_FAULTS, carelessClient } from "./clients/careless-keys.js";
export type { KeyFaultName } from "./clients/careless-keys.js";
export { CLIENT_FAULTS } from "./clients/client-faults.js";
export type { ClientFaultName } from "./clients/client-faults.js";
export { strictClient } from "./clients/strict-client.js";
export { deflateClient, frameClient } from "./clients/frame-client.js";
export { CLIENT_DEFLATE_FAULTS, CLIENT_FRAME_FAULTS } from "./clients/frame-faults.js";
export { http2Client } from "./clients/http2-client.js";
export type { Http2Client } from "./clients/http2-client.js";
export { HTTP2_CLIENT_FAULTS } from "./clients/http2-faults.js";
export type { Http2ClientFaultName } from "./clients/http2-faults.js";
export { negotiatingClient } from "./clients/negotiating-client.js";
export { CLIENT_NEGOTIATION_FAULTS } from "./clients/negotiation-faults.js";
export type { NegotiationFaultOfClients } from "./clients/negotiation-faults.js";
export { rawClient } from "./clients/raw-client.js";
export type { RawTraits } from "./clients/raw-client.js";
export { openUrl } from "./clients/url-client.js";
export { URL_FAULTS } from "./clients/url-faults.js";
export type { UrlFaultName } from "./clients/url-faults.js";
export { walkUndici } from "./clients/undici-client.js";
export { walkWith } from "./clients/walk.js";
export type { EchoClient, Walk, WalkOptions } from "./clients/walk.js";
export { walkWireproof, walkWireproofHttp2 } from "./clients/wireproof-client.js";
export { walkLate, walkWs } from "./clients/ws-client.js";
export { startEchoServer } from "./echo-server.js";
export type { EchoServerOptions } from "./echo-server.js";
export { startFayeServer } from "./faye-server.js";
export { freePort } from "./free-port.js";
export { startHttp2EchoServer } from "./http2-echo-server.js";
export { startLateServer } from "./late-server.js";
export { startLeanEchoServer } from "./lean-echo/server.js";
export type { LeanEchoOptions } from "./lean-echo/server.js";
export { ownUsage } from "./lean-echo/usage.js";
export type { LeanEchoServer, ProcessUsage } from "./lean-echo/usage.js";
export { SyncDeflate, SyncInflate } from "./lean-echo/sync-zlib.js";
export type { InflateProblem } from "./lean-echo/sync-zlib.js";
export {
  DEFLATE_FAULTS,
  deflateStrictMutant,
  FAULTS,
  HANDSHAKE_FAULTS,
  handshakeMutant,
  HTTP2_FAULTS,
  http2Mutant,
  KEEPALIVE_FAULTS,
  keepaliveMutant,
  mutants,
  NEGOTIATION_FAULTS,
  negotiatingMutant,
  startDeflateEcho,
  startDies,
  startHugeFrame,
  strictMutant,
  UNLIKE,
} from "./mutants/index.js";
export type {
  DeflateEchoOptions,
  DeflateFaultName,
  DiesOptions,
  Fault,
  FaultName,
  HandshakeFaultName,
  Http2FaultName,
  HugeFrameOptions,
  KeepaliveFaultName,
  KeepaliveTraits,
  Mutant,
  MutantName,
  NegotiationFaultName,
} from "./mutants/index.js";
export type { PeerOptions, RunningPeer } from "./peer.js";
export { isPythonServerAvailable, pythonWithWebsockets, startPythonServer } from "./python-server.js";
export type { PythonServerOptions } from "./python-server.js";

/** Path of the script `crashing-server.js`, to be run with `node`: a port, and the length of the deadly message. */
export const CRASHING_SERVER: string = fileURLToPath(new URL("./crashing-server.js", import.meta.url));
