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
    ;   answer(Message.opcode, Socket, Message),
        echo(Socket)
    ).

answer(text, Socket, Message) :- !, ws_send(Socket, Message).
answer(binary, Socket, Message) :- !, ws_send(Socket, Message).
answer(_, _, _). % Pongs reach the application too.

main([Port]) :-
    atom_number(Port, Number),
    http_server(http_dispatch, [port(localhost:Number)]),
    thread_get_message(_).
