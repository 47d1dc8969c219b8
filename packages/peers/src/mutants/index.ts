import { closesAgain, pongsAfterClose, talksAfterClose } from "./after-close.js";
import { bomb } from "./bomb.js";
import { closefirst } from "./closefirst.js";
import { corruptsPast64K } from "./corrupts-past-64k.js";
import { declines } from "./declines.js";
import { deflateEcho } from "./deflate-echo.js";
import { dies } from "./dies.js";
import { echobin } from "./echobin.js";
import { flood } from "./flood.js";
import { garbageDeflate } from "./garbage-deflate.js";
import { garbage } from "./garbage.js";
import { hangs } from "./hangs.js";
import { hugeFrame } from "./huge-frame.js";
import { hugeHeader } from "./huge-header.js";
import { ignoresServerWindow } from "./ignores-server-window.js";
import { instantdrop } from "./instantdrop.js";
import { keepsTail } from "./keeps-tail.js";
import { limits } from "./limits.js";
import { masked } from "./masked.js";
import type { Mutant } from "./mutant.js";
import { mute } from "./mute.js";
import { naive } from "./naive.js";
import { noclose } from "./noclose.js";
import { nodrop } from "./nodrop.js";
import { oneAtATime } from "./one-at-a-time.js";
import { plainHttp } from "./plain-http.js";
import { reject } from "./reject.js";
import { resetsAfterClose } from "./resets-after-close.js";
import { resetsInflate } from "./resets-inflate.js";
import { scriptInHeader } from "./script-in-header.js";
import { silent } from "./silent.js";
import { sloppy } from "./sloppy.js";
import { stopsReading } from "./stops-reading.js";
import { wrongAccept } from "./wrong-accept.js";

export { startDeflateEcho } from "./deflate-echo.js";
export type { DeflateEchoOptions } from "./deflate-echo.js";
export { DEFLATE_FAULTS } from "./deflate-faults.js";
export type { DeflateFaultName } from "./deflate-faults.js";
export { deflateStrictMutant } from "./deflate-strict-echo.js";
export { startDies } from "./dies.js";
export type { DiesOptions } from "./dies.js";
export { startHugeFrame } from "./huge-frame.js";
export type { HugeFrameOptions } from "./huge-frame.js";
export type { Fault } from "./fault.js";
export { FAULTS } from "./faults.js";
export type { FaultName } from "./faults.js";
export { HANDSHAKE_FAULTS } from "./handshake-faults.js";
export type { HandshakeFaultName } from "./handshake-faults.js";
export { http2Mutant } from "./http2-echo.js";
export { HTTP2_FAULTS } from "./http2-faults.js";
export type { Http2FaultName } from "./http2-faults.js";
export { negotiatingMutant } from "./negotiating-echo.js";
export { KEEPALIVE_FAULTS, keepaliveMutant } from "./keepalive.js";
export type { KeepaliveFaultName, KeepaliveTraits } from "./keepalive.js";
export { NEGOTIATION_FAULTS } from "./negotiation-faults.js";
export type { NegotiationFaultName } from "./negotiation-faults.js";
export { strictMutant } from "./strict-echo.js";
export { handshakeMutant } from "./strict-handshake.js";
export { UNLIKE } from "./unlike.js";
export type { Mutant } from "./mutant.js";

export type MutantName =
  | "sloppy"
  | "noclose"
  | "naive"
  | "nodrop"
  | "instantdrop"
  | "reject"
  | "echobin"
  | "masked"
  | "mute"
  | "closefirst"
  | "garbage"
  | "silent"
  | "plainHttp"
  | "oneAtATime"
  | "dies"
  | "flood"
  | "hangs"
  | "hugeHeader"
  | "hugeFrame"
  | "wrongAccept"
  | "scriptInHeader"
  | "deflateEcho"
  | "ignoresServerWindow"
  | "resetsAfterClose"
  | "resetsInflate"
  | "keepsTail"
  | "corruptsPast64K"
  | "bomb"
  | "garbageDeflate"
  | "declines"
  | "limits"
  | "stopsReading"
  | "closesAgain"
  | "talksAfterClose"
  | "pongsAfterClose";

/** The deliberately broken servers by name. */
export const mutants: Readonly<Record<MutantName, Mutant>> = {
  sloppy,
  noclose,
  naive,
  nodrop,
  instantdrop,
  reject,
  echobin,
  masked,
  mute,
  closefirst,
  garbage,
  silent,
  plainHttp,
  oneAtATime,
  dies,
  flood,
  hangs,
  hugeHeader,
  hugeFrame,
  wrongAccept,
  scriptInHeader,
  deflateEcho,
  ignoresServerWindow,
  resetsAfterClose,
  resetsInflate,
  keepsTail,
  corruptsPast64K,
  bomb,
  garbageDeflate,
  declines,
  limits,
  stopsReading,
  closesAgain,
  talksAfterClose,
  pongsAfterClose,
};
