% Echo server on library(http/websocket) of SWI-Prolog. Argument: the port.
:- use_module(library(http/thread_httpd)).
:- use_module(library(http/http_dispatch)).
:- use_module(library(http/websocket)).
:- initialization(main, main).

% The scenario of the interop grid (docs/grid.md), if any. Exit code 127: this program does not know it.
scenario(Scenario) :- getenv('WIREPROOF_SCENARIO', Scenario), !.
scenario(open).

known(Scenario) :-
    memberchk(Scenario, [open, text, binary, fragmented, ping, subprotocol, 'close-client', 'close-server']).

echo(Socket) :-
    ws_receive(Socket, Message),
    (   Message.opcode == close
    ->  true
    ;   scenario('close-server')
    ->  ws_close(Socket, 3001, "server done")
    ;   answer(Message.opcode, Socket, Message),
        echo(Socket)
    ).

answer(text, Socket, Message) :- !, ws_send(Socket, Message).
answer(binary, Socket, Message) :- !, ws_send(Socket, Message).
answer(_, _, _). % Pongs reach the application too.

main([Port]) :-
    scenario(Scenario),
    (   known(Scenario) -> true ; halt(127) ),
    (   Scenario == subprotocol -> Options = [subprotocols(['chat.v2'])] ; Options = [] ),
    http_handler(root(.), http_upgrade_to_websocket(echo, Options), [spawn([])]),
    atom_number(Port, Number),
    http_server(http_dispatch, [port(localhost:Number)]),
    thread_get_message(_).
