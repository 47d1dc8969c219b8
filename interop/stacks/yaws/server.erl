%% Echo server on Yaws, embedded. Argument: the port.
-module(server).
-export([main/1, out/1, handle_message/1]).

%% The scenario of the interop grid (docs/grid.md), if any. Exit code 127: this program does not know it.
scenario() -> os:getenv("WIREPROOF_SCENARIO", "open").

is_known() ->
    lists:member(scenario(), string:lexemes("open text binary fragmented ping close-client close-server", " ")).

main([Port]) ->
    is_known() orelse halt(127),
    Server = [{port, list_to_integer(Port)}, {listen, {127, 0, 0, 1}}, {appmods, [{"/", ?MODULE}]}],
    Global = [{logdir, "."}, {flags, []}],
    ok = yaws:start_embedded(".", Server, Global, "echo"),
    receive stop -> ok end.

out(_Request) ->
    {websocket, ?MODULE, [{origin, any}]}.

handle_message({text, Text}) ->
    case scenario() of
        "close-server" -> {close, {3001, <<"server done">>}};
        _ -> {reply, {text, Text}}
    end;
handle_message({binary, Octets}) -> {reply, {binary, Octets}};
handle_message({close, Code, _Reason}) -> {close, Code};
handle_message(_) -> noreply.
