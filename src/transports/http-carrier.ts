/**
 * Requests that are for sessions of other nodes, and those of other nodes that are for sessions of this one. Hands each on whole and
 * brings back its answer; which request is for whom is asked of `HttpElsewhere`, and what it says is not looked at.
 */

import { refusal } from '../errors.ts';
import { retryAfterMs } from '../session/limits.ts';
import { failed, refuse } from './http-answers.ts';
import { CarriedAnswer } from './http-carried-answer.ts';
import type { HttpElsewhere, PieceWay } from './http-elsewhere.ts';
import type { CarrierSurroundings, HttpCarrier, Strayed } from './http-front-options.ts';
import { decodeRouted, encodeRouted } from './http-routed-frame.ts';
import { RoutedRequest } from './http-routed-request.ts';
import { RoutedResponse } from './http-routed-response.ts';

export interface CarrierOptions extends CarrierSurroundings {
  readonly elsewhere: HttpElsewhere;
}

export class Carrier implements HttpCarrier {
  readonly elsewhere: HttpElsewhere;
  readonly #options: CarrierOptions;

  constructor(options: CarrierOptions) {
    this.#options = options;
    this.elsewhere = options.elsewhere;
    this.elsewhere.begins(async (frame, way) => this.#serve(frame, way), options.reopen);
  }

  /** A request that was brought here goes no further: where its session is not, there is none. */
  carry(strayed: Strayed): void {
    if (strayed.request instanceof RoutedRequest) strayed.unknown();
    else void this.#carry(strayed);
  }

  async #carry({ request, response, visitor, sessionId, body, idToken, unknown }: Strayed): Promise<void> {
    const { buffers, patienceMs, log } = this.#options;
    if (!buffers.hasRoomFor(0, body.length)) {
      refuse(response, refusal('TOO_MANY_REQUESTS', { scope: 'buffer', retryAfterMs }), { idToken });
      return;
    }
    buffers.add(body.length);
    try {
      const { method = '', url = '', rawHeaders } = request;
      const frame = encodeRouted({ method, url, rawHeaders }, visitor, body);
      const waiting = (bytes: number): void => buffers.add(bytes);
      const answer = new CarriedAnswer({ response, idToken, patienceMs, waiting });
      const { signal } = answer;
      const carried = await this.elsewhere.carry(sessionId, frame, {
        onPiece: (piece) => answer.take(piece),
        signal,
      });
      if (carried.kind === 'answered') answer.end(carried.last);
      else if (carried.kind === 'failed') answer.fail(carried.refusal, carried.status);
      else if (!response.destroyed) {
        response.owner = undefined;
        unknown();
      }
    } catch (error) {
      log.error({ error }, 'a request could not be brought to the node that has its session');
      failed(response);
    } finally {
      buffers.add(-body.length);
    }
  }

  async #serve(frame: Uint8Array, way: PieceWay): Promise<Uint8Array> {
    const { clock, buffers, serve, log } = this.#options;
    const routed = decodeRouted(frame);
    const response = new RoutedResponse(clock, way);
    const { principal, route, key, claims } = routed.head;
    if (!buffers.hasRoomFor(0, frame.length)) {
      refuse(response, refusal('TOO_MANY_REQUESTS', { scope: 'buffer', retryAfterMs }));
      return response.last;
    }
    let held = frame.length;
    buffers.add(held);
    const letGo = (): void => {
      buffers.add(-held);
      held = 0;
    };
    try {
      serve(new RoutedRequest(routed, letGo), response, { principal, route, key, claims });
    } catch (error) {
      log.error({ error }, 'a request could not be served');
      failed(response);
    }
    const last = await response.last;
    letGo();
    return last;
  }
}
