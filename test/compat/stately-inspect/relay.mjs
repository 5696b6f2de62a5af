// node relay.mjs 'ws://127.0.0.1:7411/processes/PID/inspect/wire/stately?token=TOKEN'
import { createWebSocketReceiver } from '@statelyai/inspect';
import { createInspectorServer } from '@statelyai/inspect/server';
import WebSocket from 'ws';

const [address, port = '8080'] = process.argv.slice(2);
createInspectorServer({ port: Number(port) });
const relay = new WebSocket(`ws://localhost:${port}`);
relay.on('open', () => {
  createWebSocketReceiver({ server: address }).subscribe((message) => relay.send(JSON.stringify(message)));
});
