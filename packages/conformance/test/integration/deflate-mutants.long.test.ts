import { DEFLATE_FAULTS, deflateStrictMutant } from "@wireproof/peers";
import { CASES } from "../../src/cases/index.js";
import { testFaults } from "./one-fault.js";

testFaults({
  name: "a server with permessage-deflate",
  faults: DEFLATE_FAULTS,
  start: deflateStrictMutant,
  cases: CASES.filter(
    ({ id, peer, deflate }) => Number(id.split(".", 1)) >= 24 && peer !== "client" && deflate !== undefined,
  ),
});
