/** The opening handshake (RFC 6455 §4), both sides, without any input or output. */
export { acceptFor, isKey, type Sha1 } from "./accept-key.js";
export {
  checkConnectResponse,
  checkResponse,
  type Expected,
  isTunnel,
  type Offered,
  type ResponseCheck,
} from "./client-check.js";
export { buildRequest, type OfferPlan, type RequestPlan } from "./client-request.js";
export { buildConnect, type ConnectPlan } from "./connect-request.js";
export {
  type ExtensionOffer,
  type ExtensionParameter,
  formatExtension,
  parseExtensions,
} from "./extensions.js";
export { checkConnect, type ConnectCheck, type ConnectHead } from "./connect-check.js";
export { collectFields, type Fields, valuesOf } from "./fields.js";
export {
  DEFAULT_HEAD_LIMITS,
  type HeadLimits,
  type HeadRead,
  HeadReader,
  type ResponseHead,
} from "./head-reader.js";
export type { HeaderPair } from "./header-text.js";
export type { OpeningRequest } from "./opening-fields.js";
export { assertOriginRule, checkOrigin, type OriginRule } from "./origin.js";
export {
  HANDSHAKE_PROBLEMS,
  type HandshakeProblem,
  type HandshakeProblemId,
  type RequestProblem,
  type RequestProblemId,
} from "./problem.js";
export {
  DEFAULT_REDIRECT_POLICY,
  type Hop,
  type HopParts,
  isRedirect,
  nextHop,
  type RedirectCheck,
  type RedirectPolicy,
  withoutCredentials,
} from "./redirect.js";
export { refuse, refuseConnect } from "./refuse.js";
export {
  checkRequest,
  type Refusal,
  type RequestCheck,
  type RequestHead,
  type UpgradeOpening,
} from "./request.js";
export { assertRequestPolicy, type RequestPolicy } from "./request-policy.js";
export { accept, acceptConnect, type Acceptance } from "./response.js";
export { chooseProtocol } from "./subprotocol.js";
