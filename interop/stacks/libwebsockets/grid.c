// Plays a scenario of the interop grid with libwebsockets, which does not tell the extensions that were agreed, nor the code
// of the answer to a Close frame. Argument: the server's address.
#include <libwebsockets.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MESSAGE 1048576
#define FRAGMENT 65536

static const char *scenario;
static char message[MESSAGE]; // What is sent, and has to come back.
static size_t length;         // 0 if the scenario has no message.
static size_t sent;
static int left; // How often it is still to be sent.
static char echo[MESSAGE];
static size_t echoed;
static int is_due; // Something is to be sent.
static int was_server_closing, is_over;

static int is(const char *name) {
    return strcmp(scenario, name) == 0;
}

static void expect(const char *what, int is_right) {
    if (is_right) return;
    fprintf(stderr, "not as expected: %s\n", what);
    exit(1);
}

static void prepare(void) {
    if (is("text")) length = strlen(strcpy(message, "Grüße, 世界 👋"));
    if (is("close-server")) length = strlen(strcpy(message, "bye"));
    if (is("binary")) for (; length < 256; length++) message[length] = (char)length;
    if (is("fragmented")) memset(message, 'a', length = MESSAGE);
    if (is("deflate")) for (; length < 16384; length += 8) memcpy(message + length, "deflate ", 8);
    left = length == 0 ? 0 : is("deflate") ? 3 : 1;
}

/** Asks for the event in which something can be sent. The library has such events for what it sends by itself, too. */
static void ask(struct lws *socket) {
    is_due = 1;
    lws_callback_on_writable(socket);
}

/** Sends a fragment or the whole message, a Ping, or a Close frame: for this it returns -1, as the library wants it. */
static int send_next(struct lws *socket) {
    static unsigned char room[LWS_PRE + FRAGMENT]; // The library writes a header before the payload, and masks it in place.
    unsigned char *payload = room + LWS_PRE;
    if (left > 0) {
        size_t size = length - sent < FRAGMENT ? length - sent : FRAGMENT;
        int kind = sent > 0 ? LWS_WRITE_CONTINUATION : is("binary") ? LWS_WRITE_BINARY : LWS_WRITE_TEXT;
        if (sent + size < length) kind |= LWS_WRITE_NO_FIN;
        memcpy(payload, message + sent, size);
        expect("a message is sent", lws_write(socket, payload, size, kind) >= 0);
        sent += size;
        if (sent < length) ask(socket);
        else left--;
        return 0;
    }
    if (is("ping")) {
        memcpy(payload, "wireproof", 9);
        expect("a Ping is sent", lws_write(socket, payload, 9, LWS_WRITE_PING) >= 0);
        return 0;
    }
    if (is("close-client")) lws_close_reason(socket, 3000, (unsigned char *)"client done", 11);
    else lws_close_reason(socket, LWS_CLOSE_STATUS_NORMAL, NULL, 0);
    return -1;
}

static int on_event(struct lws *socket, enum lws_callback_reasons reason, void *user, void *in, size_t size) {
    (void)user;
    char agreed[16] = "";
    switch (reason) {
    case LWS_CALLBACK_CLIENT_FILTER_PRE_ESTABLISH: // Here the headers can be read.
        lws_hdr_copy(socket, agreed, sizeof agreed, WSI_TOKEN_PROTOCOL);
        if (is("subprotocol")) expect("the subprotocol", strcmp(agreed, "chat.v2") == 0);
        return 0;
    case LWS_CALLBACK_CLIENT_ESTABLISHED:
        ask(socket);
        return 0;
    case LWS_CALLBACK_CLIENT_WRITEABLE:
        if (!is_due) return 0;
        is_due = 0;
        return send_next(socket);
    case LWS_CALLBACK_CLIENT_RECEIVE:
        expect("the length of the echo", echoed + size <= length);
        memcpy(echo + echoed, in, size);
        echoed += size;
        if (!lws_is_final_fragment(socket)) return 0;
        expect("the type of the echo", lws_frame_is_binary(socket) == is("binary"));
        expect("the echo", echoed == length && memcmp(echo, message, length) == 0);
        sent = echoed = 0;
        ask(socket);
        return 0;
    case LWS_CALLBACK_CLIENT_RECEIVE_PONG:
        expect("the payload of the Pong", size == 9 && memcmp(in, "wireproof", 9) == 0);
        scenario = "open"; // Only the end is left.
        ask(socket);
        return 0;
    case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
        // The library answers it by itself. 3001 is 0x0BB9.
        expect("the close code and reason", size == 13 && memcmp(in, "\x0b\xb9server done", 13) == 0);
        was_server_closing = 1;
        return 0;
    case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
        expect("the opening handshake", 0);
        return 0;
    case LWS_CALLBACK_CLIENT_CLOSED:
        expect("the server closes", was_server_closing == is("close-server"));
        expect("a message comes back before the end", left == 0 && (sent == 0 || is("close-server")));
        is_over = 1;
        return 0;
    default:
        return 0;
    }
}

int main(int count, char **arguments) {
    const char *known = " open text binary fragmented deflate ping subprotocol close-client close-server ";
    char name[32];
    scenario = getenv("WIREPROOF_SCENARIO");
    if (count < 2 || scenario == NULL) return 127;
    snprintf(name, sizeof name, " %s ", scenario);
    if (strstr(known, name) == NULL) return 127;
    prepare();
    const struct lws_protocols protocols[] = {
        {"grid", on_event, 0, FRAGMENT},
        {"chat.v2", on_event, 0, FRAGMENT},
        {NULL, NULL, 0, 0},
    };
    const struct lws_extension extensions[] = {
        {"permessage-deflate", lws_extension_callback_pm_deflate, "permessage-deflate; client_max_window_bits"},
        {NULL, NULL, NULL},
    };
    struct lws_context_creation_info options = {0};
    options.port = CONTEXT_PORT_NO_LISTEN;
    options.protocols = protocols;
    if (is("deflate")) options.extensions = extensions;
    lws_set_log_level(LLL_ERR, NULL);
    struct lws_client_connect_info to = {0};
    const char *scheme, *path;
    char slashed[256];
    if (lws_parse_uri(arguments[1], &scheme, &to.address, &to.port, &path) != 0) return 1;
    snprintf(slashed, sizeof slashed, "/%s", *path == '/' ? path + 1 : path); // The library takes the slash away, except from "/".
    to.path = slashed;
    to.host = to.origin = to.address;
    if (is("subprotocol")) to.protocol = "chat.v1, chat.v2";
    else to.local_protocol_name = "grid";
    to.context = lws_create_context(&options);
    if (to.context == NULL || lws_client_connect_via_info(&to) == NULL) return 1;
    while (!is_over && lws_service(to.context, 0) >= 0) continue;
    return is_over ? 0 : 1;
}
