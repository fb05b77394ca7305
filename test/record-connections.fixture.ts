/** To be imported before a program: writes where it connects to, and what names it looks up, to the file that `RECORDED_CONNECTIONS` names. */
import { type createSocket, Socket as DatagramSocket } from 'node:dgram';
import dns from 'node:dns';
import { appendFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import process from 'node:process';

const path = process.env['RECORDED_CONNECTIONS'] ?? '';
const record = (line: string): void => appendFileSync(path, `${line}\n`);

const { connect } = net.Socket.prototype;
net.Socket.prototype.connect = function (this: net.Socket, ...args: unknown[]) {
  // Within Node the arguments come as one list, of which the first are the options.
  const [first] = args;
  const options: unknown = Array.isArray(first) ? first[0] : first;
  const { host, port, path: pipe } = options as { host?: string; port?: number; path?: string };
  record(`connect ${pipe ?? `${host ?? 'localhost'}:${port}`}`);
  return Reflect.apply(connect, this, args);
};

const { lookup } = dns;
dns.lookup = Object.assign((...args: Parameters<typeof lookup>) => {
  record(`lookup ${args[0]}`);
  return Reflect.apply(lookup, dns, args);
}, lookup);

const { send } = DatagramSocket.prototype;
DatagramSocket.prototype.send = function (this: ReturnType<typeof createSocket>, ...args: unknown[]) {
  record('datagram');
  return Reflect.apply(send, this, args);
};
syncBuiltinESMExports();
