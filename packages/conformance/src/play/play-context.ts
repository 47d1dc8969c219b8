import type { Case } from "../case/case.js";
import type { Profile } from "../record/record.js";
import type { Recorder } from "../record/recorder.js";
import type { TesterConnection } from "../tester/connection.js";
import type { DeflateCodec } from "../tester/deflate-codec.js";
import type { TesterOptions } from "../tester/tester-options.js";
import type { Http2Sender } from "../tester/http2-session.js";
import type { Timeouts } from "../tester/timeouts.js";
import type { Clock } from "../time/clock.js";
import type { PeerPings } from "./peer-pings.js";
import type { CompressedStreams } from "./compressed-streams.js";

/** What a case is played with once its connection is open. */
export interface PlayContext {
  readonly case: Case;
  readonly profile: Profile;
  readonly clock: Clock;
  readonly timeouts: Timeouts;
  readonly testerOptions?: TesterOptions;
  readonly connection: TesterConnection;
  readonly recorder: Recorder;
  /** How many messages load cases send. */
  readonly messages: "full" | "enough";
  readonly streams: CompressedStreams;
  /** In how many seconds the peer sends a Ping on a connection that is idle; absent if nobody knows. */
  readonly keepaliveSeconds?: number;
  /** The Pings of the peer, which the script answers. */
  readonly pings: PeerPings;
  /** The connection of HTTP/2 that the script sends frames on; absent over HTTP/1.1. */
  readonly http2?: Http2Sender;
  /** permessage-deflate as it was agreed on; null if it was not. */
  readonly codec: DeflateCodec | null;
}
