import { afterEach, describe, expect, test } from 'vitest';
import { request } from '../../src/testing/messages.ts';
import { RawConnection, both, closeStages, openStage } from './http-stage.ts';

afterEach(closeStages);

describe('somebody who speaks no HTTP that is for us', () => {
  test.each([
    ['GARBAGE\r\n\r\n', 400, 'Bad Request'],
    ['GET /mcp HTTP/1.1\r\n\r\n', 400, ''],
    [
      `GET /mcp HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
      431,
      'Request Header Fields Too Large',
    ],
    [
      'POST /mcp HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n',
      400,
      'Bad Request',
    ],
    ['POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n', 400, 'Bad Request'],
    ['CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n\r\n', 405, 'Method Not Allowed'],
    ['GET /healthz HTTP/1.1\r\nHost: localhost\r\nExpect: miracles\r\n\r\n', 417, ''],
  ])('is told so in a line, and the connection is closed: %j', async (text, status, line) => {
    const stage = await openStage();
    const connection = new RawConnection(stage.front.port);
    connection.writes(text);
    if (status === 417) connection.socket.end();
    const said = await connection.all();
    expect(said.startsWith(`HTTP/1.1 ${status} `)).toBe(true);
    expect(said.includes(`\r\n\r\n${line}`)).toBe(true);
  });

  test('and wants another protocol on the same connection, is answered in this one', async () => {
    const stage = await openStage();
    const connection = new RawConnection(stage.front.port);
    connection.writes('GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    expect(await connection.until((text) => text.includes('ok\n'))).toContain('200 OK');
    connection.socket.destroy();
  });

  test('in the middle of an answer is cut off, and nothing is written into that answer', async () => {
    const stage = await openStage();
    await stage.opened();
    const body = JSON.stringify(request(1, 'work'));
    const connection = new RawConnection(stage.front.port);
    const headers = `Host: localhost\r\nContent-Type: application/json\r\nMcp-Session-Id: s1`;
    const accept = both.split(', ').reverse().join(', ');
    connection.writes(
      `POST /mcp HTTP/1.1\r\n${headers}\r\nAccept: ${accept}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    await connection.until((text) => text.includes('text/event-stream'));
    connection.writes('GARBAGE\r\n\r\n');
    expect(await connection.all()).not.toContain('400');
  });
});
