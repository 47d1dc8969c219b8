%% Echo server on Yaws, embedded. Argument: the port.
-module(server).
-export([main/1, out/1, handle_message/1]).

main([Port]) ->
    Server = [{port, list_to_integer(Port)}, {listen, {127, 0, 0, 1}}, {appmods, [{"/", ?MODULE}]}],
    Global = [{logdir, "."}, {flags, []}],
    ok = yaws:start_embedded(".", Server, Global, "echo"),
    receive stop -> ok end.

out(_Request) ->
    {websocket, ?MODULE, [{origin, any}]}.

handle_message({text, Text}) -> {reply, {text, Text}};
handle_message({binary, Octets}) -> {reply, {binary, Octets}};
handle_message({close, Code, _Reason}) -> {close, Code};
handle_message(_) -> noreply.
