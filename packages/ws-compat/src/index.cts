/** `require` of the package that takes the place of `ws`: the class with everything else on it. */
import WebSocket = require("@wireproof/websocket/ws");

export = WebSocket;
