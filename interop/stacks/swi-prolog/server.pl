% Echo server on library(http/websocket) of SWI-Prolog. Argument: the port.
:- use_module(library(http/thread_httpd)).
:- use_module(library(http/http_dispatch)).
:- use_module(library(http/websocket)).
:- initialization(main, main).

:- http_handler(root(.), http_upgrade_to_websocket(echo, []), [spawn([])]).

echo(Socket) :-
    ws_receive(Socket, Message),
    (   Message.opcode == close
    ->  true
    ;   ws_send(Socket, Message),
        echo(Socket)
    ).

main([Port]) :-
    atom_number(Port, Number),
    http_server(http_dispatch, [port(localhost:Number)]),
    thread_get_message(_).
