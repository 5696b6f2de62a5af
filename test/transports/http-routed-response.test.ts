import { describe, expect, test } from 'vitest';
import { decodeText, encodeText } from '../../src/protocol/text.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import type { PieceWay } from '../../src/transports/http-elsewhere.ts';
import { decodePiece } from '../../src/transports/http-routed-frame.ts';
import { RoutedResponse } from '../../src/transports/http-routed-response.ts';

/** Takes pieces, one after the other where the test says so. */
class Way implements PieceWay {
  isClosed = false;
  readonly pieces: Uint8Array[] = [];
  holds = false;
  release = (): void => {};
  closed = (): void => {};

  onClosed(listener: () => void): void {
    this.closed = listener;
  }

  write: PieceWay['write'] = async (piece) => {
    this.pieces.push(piece);
    if (!this.holds) return;
    await new Promise<void>((resolve) => {
      this.release = resolve;
    });
  };

  get said(): readonly string[] {
    return this.pieces.map((piece) => decodeText(decodePiece(piece).bytes));
  }
}

function opened(): { readonly way: Way; readonly clock: VirtualClock; readonly response: RoutedResponse } {
  const [way, clock] = [new Way(), new VirtualClock()];
  return { way, clock, response: new RoutedResponse(clock, way) };
}

async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

describe('an answer to a request of another node', () => {
  test('that is said at once is one piece', async () => {
    const { way, response } = opened();
    response.begin(202, ['Content-Length', '2']);
    response.endShort([encodeText('o'), encodeText('k')]);
    const last = decodePiece(await response.last);
    expect(last.head).toEqual({ status: 202, headers: ['Content-Length', '2'] });
    expect([decodeText(last.bytes), way.pieces.length]).toEqual(['ok', 0]);
  });

  test('that is a stream comes piece by piece, as it is said, and its beginning before anything is said', async () => {
    const { way, response } = opened();
    response.begin(200, []);
    response.flushHeaders();
    await turn();
    expect(decodePiece(way.pieces[0]!)).toMatchObject({ head: { status: 200 }, isCutOff: false });
    response.write(encodeText('a'));
    response.write(encodeText('b'));
    await turn();
    response.write(encodeText('c'));
    response.end();
    expect(decodeText(decodePiece(await response.last).bytes)).toBe('c');
    expect(way.said).toEqual(['', 'ab']);
  });

  test('waits for whoever reads slowly, and says how much is waiting', async () => {
    const { way, response } = opened();
    way.holds = true;
    let taken = 0;
    response.onTaken(() => (taken += 1));
    response.begin(200, []);
    response.write(new Uint8Array(40_000));
    await turn();
    response.write(new Uint8Array(1000));
    expect([response.untakenBytes, taken]).toEqual([41_000, 0]);
    way.holds = false;
    way.release();
    await turn();
    expect([response.untakenBytes, taken]).toEqual([0, 1]);
  });

  test('that is large goes in several pieces', async () => {
    const { way, response } = opened();
    response.begin(200, []);
    response.end(new Uint8Array(600_000));
    const last = decodePiece(await response.last);
    const sizes = [...way.pieces.map((piece) => decodePiece(piece).bytes.length), last.bytes.length];
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(600_000);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(256 * 1024);
  });

  test('is given up when nobody waits for it: whoever answers is told, once', async () => {
    const { way, response } = opened();
    let told = 0;
    response.owner = { responseClosed: () => (told += 1) };
    way.closed();
    way.closed();
    await response.last;
    response.begin(200, []);
    response.end(encodeText('late'));
    expect([told, response.destroyed, way.pieces.length]).toEqual([1, true, 0]);
  });

  test('that is cut off says so in its last piece', async () => {
    const { clock, way, response } = opened();
    way.holds = true;
    response.begin(200, []);
    response.write(new Uint8Array(40_000));
    await turn();
    response.cutOffAfter(1000);
    clock.advance(1000);
    expect(decodePiece(await response.last)).toMatchObject({ isCutOff: true });
    expect(response.destroyed).toBe(true);
  });
});
