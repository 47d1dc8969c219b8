export { mintCertificate } from "./certificate.js";
export type { Certificate } from "./certificate.js";
export { startEchoServer } from "./echo-server.js";
export type { EchoServerOptions } from "./echo-server.js";
export { startFayeServer } from "./faye-server.js";
export { mutants, startDies, startHugeFrame } from "./mutants/index.js";
export type { DiesOptions, HugeFrameOptions, Mutant, MutantName } from "./mutants/index.js";
export type { PeerOptions, RunningPeer } from "./peer.js";
export { isPythonServerAvailable, startPythonServer } from "./python-server.js";
