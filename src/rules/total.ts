/**
 * The parts of conditions that can neither fail nor take long: comparisons of what every frame and session has with what is
 * written in the rule. They are asked without the evaluator, so that a thousand rules cost microseconds. Agrees with the
 * evaluator on every frame; that is a property of its test.
 */

import type { ASTNode } from '@marcbachmann/cel-js';
import { type Scene, amountNames } from './frame-view.ts';
import { matchesGlob } from './glob.ts';
import { pathOf, textOf, textsOf } from './syntax.ts';

export type Test = (scene: Scene) => boolean;
type Text = (scene: Scene) => string;

const texts: Readonly<Record<string, Text>> = {
  'frame.kind': ({ frame }) => frame.kind,
  'frame.direction': ({ frame }) => frame.direction,
  'frame.method': ({ frame }) => frame.method,
  'frame.name': ({ frame }) => frame.name,
  'meta.session_state': ({ meta }) => meta.session_state,
  'meta.protocol_version': ({ meta }) => meta.protocol_version,
  'meta.client_name': ({ meta }) => meta.client_name,
  'meta.server_name': ({ meta }) => meta.server_name,
  'meta.principal': ({ meta }) => meta.principal,
  'meta.route': ({ meta }) => meta.route,
  'auth.principal': ({ meta }) => meta.principal,
};

/** The test that the expression is; `undefined` for all that could fail, loop or need the message. */
export function testOf(node: ASTNode): Test | undefined {
  const { op } = node;
  if (op === 'value') return typeof node.args === 'boolean' ? () => node.args === true : undefined;
  if (op === '!_') return negated(testOf(node.args));
  if (op === '&&' || op === '||') return joined(op, testOf(node.args[0]), testOf(node.args[1]));
  if (op === '==') return equal(node.args[0], node.args[1]) ?? equal(node.args[1], node.args[0]);
  if (op === '!=') return negated(equal(node.args[0], node.args[1]) ?? equal(node.args[1], node.args[0]));
  if (op === '<' || op === '<=' || op === '>' || op === '>=') return compared(op, node.args[0], node.args[1]);
  if (op === 'in') return contained(node.args[0], node.args[1]);
  return op === 'rcall' ? called(node.args[0], node.args[1], node.args[2]) : undefined;
}

function textAt(node: ASTNode): Text | undefined {
  const path = pathOf(node);
  return path === undefined ? undefined : texts[path];
}

/** The place among the amounts of a scene. */
function amountAt(node: ASTNode): number | undefined {
  const path = pathOf(node);
  const place = amountNames.findIndex((name) => name === path);
  return place < 0 ? undefined : place;
}

function numberOf(node: ASTNode): number | undefined {
  if (node.op !== 'value') return undefined;
  if (typeof node.args === 'number') return node.args;
  const isExact = typeof node.args === 'bigint' && Number.isSafeInteger(Number(node.args));
  return isExact ? Number(node.args) : undefined;
}

function negated(test: Test | undefined): Test | undefined {
  return test === undefined ? undefined : (scene) => !test(scene);
}

function joined(op: '&&' | '||', left: Test | undefined, right: Test | undefined): Test | undefined {
  if (left === undefined || right === undefined) return undefined;
  return op === '&&' ? (scene) => left(scene) && right(scene) : (scene) => left(scene) || right(scene);
}

function equal(left: ASTNode, right: ASTNode): Test | undefined {
  const [text, written] = [textAt(left), textOf(right)];
  if (text !== undefined && written !== undefined) return (scene) => text(scene) === written;
  const [place, number] = [amountAt(left), numberOf(right)];
  return place === undefined || number === undefined ? undefined : ({ amounts }) => amounts[place] === number;
}

type Comparison = '<' | '<=' | '>' | '>=';

const mirrored: Readonly<Record<Comparison, Comparison>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' };

function compared(op: Comparison, left: ASTNode, right: ASTNode): Test | undefined {
  const [place, number] = [amountAt(left), numberOf(right)];
  if (place !== undefined && number !== undefined) return comparison(op, place, number);
  const [before, after] = [numberOf(left), amountAt(right)];
  return before === undefined || after === undefined ? undefined : comparison(mirrored[op], after, before);
}

/** One function for each comparison, and nothing to call in it: thousands of these may be asked about a frame. */
function comparison(op: Comparison, place: number, number: number): Test {
  switch (op) {
    case '<':
      return ({ amounts }) => amounts[place]! < number;
    case '<=':
      return ({ amounts }) => amounts[place]! <= number;
    case '>':
      return ({ amounts }) => amounts[place]! > number;
    case '>=':
      return ({ amounts }) => amounts[place]! >= number;
  }
}

function contained(left: ASTNode, right: ASTNode): Test | undefined {
  const [text, list] = [textAt(left), textsOf(right)];
  if (text !== undefined && list !== undefined) {
    const all = new Set(list);
    return (scene) => all.has(text(scene));
  }
  const tag = textOf(left);
  if (tag === undefined || pathOf(right) !== 'meta.session_tags') return undefined;
  return ({ meta }) => meta.session_tags.includes(tag);
}

function called(name: string, receiver: ASTNode, [argument, ...others]: readonly ASTNode[]): Test | undefined {
  const text = textAt(receiver);
  const written = argument === undefined || others.length > 0 ? undefined : textOf(argument);
  if (text === undefined || written === undefined) return undefined;
  switch (name) {
    case 'startsWith':
      return (scene) => text(scene).startsWith(written);
    case 'endsWith':
      return (scene) => text(scene).endsWith(written);
    case 'contains':
      return (scene) => text(scene).includes(written);
    case 'glob':
      return (scene) => matchesGlob(text(scene), written);
    default:
      return undefined;
  }
}
