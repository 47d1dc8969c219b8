// Plays a scenario of the interop grid with the WebSocket of workerd, when a request comes that names it and the server.
// Answers with what went wrong, or nothing.
import { scenarios } from "./scenarios.mjs";

// oxlint-disable-next-line import/no-default-export -- workerd takes no other.
export default {
  async fetch(request) {
    const { searchParams } = new URL(request.url);
    const play = scenarios[searchParams.get("scenario")];
    const complaint = await play(searchParams.get("server")).then(
      () => "",
      ({ message }) => message,
    );
    return new Response(complaint);
  },
};
