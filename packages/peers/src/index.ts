export { mintCertificate } from "./certificate.js";
export type { Certificate } from "./certificate.js";
export { startEchoServer } from "./echo-server.js";
export type { EchoServerOptions } from "./echo-server.js";
export { startFayeServer } from "./faye-server.js";
export { startLeanEchoServer } from "./lean-echo/server.js";
export { SyncDeflate, SyncInflate } from "./lean-echo/sync-zlib.js";
export type { InflateProblem } from "./lean-echo/sync-zlib.js";
export { mutants, startDeflateEcho, startDies, startHugeFrame } from "./mutants/index.js";
export type {
  DeflateEchoOptions,
  DiesOptions,
  HugeFrameOptions,
  Mutant,
  MutantName,
} from "./mutants/index.js";
export type { PeerOptions, RunningPeer } from "./peer.js";
export { isPythonServerAvailable, startPythonServer } from "./python-server.js";
export type { PythonServerOptions } from "./python-server.js";
