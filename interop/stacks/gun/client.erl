%% Walks through the cases of the tester with Gun, which offers permessage-deflate. Argument: the tester's address.
-module(client).
-export([main/1]).

main(["ws://" ++ Authority]) ->
    {ok, _} = application:ensure_all_started(gun),
    [Host, Port] = string:split(Authority, ":"),
    Tester = {Host, list_to_integer(Port)},
    Count = binary_to_integer(visit(Tester, "/getCaseCount", fun(_, _) -> ok end)),
    [visit(Tester, "/runCase?agent=Gun&case=" ++ integer_to_list(It), fun gun:ws_send/2) || It <- lists:seq(1, Count)],
    visit(Tester, "/updateReports?agent=Gun", fun(_, _) -> ok end),
    halt().

%% Connects, and returns the last message when the connection is closed or could not be opened.
visit({Host, Port}, Path, OnMessage) ->
    {ok, Connection} = gun:open(Host, Port, #{retry => 0, ws_opts => #{compress => true}}),
    Monitor = monitor(process, Connection),
    Last =
        case gun:await_up(Connection, Monitor) of
            {ok, _} ->
                gun:ws_upgrade(Connection, Path),
                receive_until_closed(Connection, Monitor, OnMessage, none);
            {error, _} ->
                none
        end,
    demonitor(Monitor, [flush]),
    gun:close(Connection),
    gun:flush(Connection),
    Last.

receive_until_closed(Connection, Monitor, OnMessage, Last) ->
    receive
        {gun_upgrade, Connection, _, _, _} ->
            receive_until_closed(Connection, Monitor, OnMessage, Last);
        {gun_ws, Connection, _, {Kind, Message}} when Kind =:= text; Kind =:= binary ->
            OnMessage(Connection, {Kind, Message}),
            receive_until_closed(Connection, Monitor, OnMessage, Message);
        {gun_ws, Connection, _, Close} ->
            %% It leaves the answer to a Close frame to the application.
            gun:ws_send(Connection, Close),
            receive_until_closed(Connection, Monitor, OnMessage, Last);
        {gun_response, Connection, _, _, _, _} -> Last;
        {gun_error, Connection, _, _} -> Last;
        {gun_error, Connection, _} -> Last;
        {gun_down, Connection, _, _, _, _} -> Last;
        {'DOWN', Monitor, process, Connection, _} -> Last
    end.
