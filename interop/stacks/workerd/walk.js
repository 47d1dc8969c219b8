// Walks through the cases of the tester with the WebSocket of workerd, when a request comes that names its address.
// oxlint-disable-next-line import/no-default-export -- workerd takes no other.
export default {
  async fetch(request) {
    const url = new URL(request.url).searchParams.get("tester");
    let count = 0;
    await visit(`${url}/getCaseCount`, ({ data }) => {
      count = Number(data);
    });
    for (let number = 1; number <= count; number += 1) {
      await visit(`${url}/runCase?case=${number}&agent=workerd`, ({ data, target }) => target.send(data));
    }
    await visit(`${url}/updateReports?agent=workerd`, () => undefined);
    return new Response("done");
  },
};

/** Connects, and waits until the connection is closed. */
function visit(url, onMessage) {
  return new Promise((resolve) => {
    const socket = new WebSocket(url);
    socket.binaryType = "arraybuffer";
    socket.addEventListener("message", onMessage);
    socket.addEventListener("error", resolve);
    socket.addEventListener("close", resolve);
  });
}
