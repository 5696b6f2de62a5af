/**
 * What build servers demand of a JUnit report, which nobody has specified. Of Jenkins' schemas (xunit-plugin) these are the elements and
 * counts of junit-10.xsd in the order of the stricter junit-4.xsd; of Ant's (JUnit.xsd) the attributes of a suite and of a failure, and how a
 * time is written. Ant's `properties` and output of every suite, its time of every case, and that it knows no case that was skipped,
 * are left out: other writers of such reports do not keep them either.
 */

interface Element {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: Element[];
}

type Patterns = Readonly<Record<string, RegExp>>;

interface Rule {
  readonly required: Patterns;
  readonly optional?: Patterns;
  /** In this order; each once, or as often as it likes. */
  readonly children?: Readonly<Record<string, 'once' | 'often'>>;
}

const text = /^[^]*$/;
/** Without an end of line, and not empty. */
const token = /^\S(?:[^\n\t]*\S)?$/;
const integer = /^\d+$/;
const decimal = /^\d+\.\d{3}$/;
const counts: Patterns = { tests: integer, failures: integer, errors: integer };

const rules: Readonly<Record<string, Rule>> = {
  testsuites: { required: {}, optional: { name: token, ...counts, time: decimal }, children: { testsuite: 'often' } },
  testsuite: {
    required: {
      name: token,
      ...counts,
      time: decimal,
      timestamp: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/,
      hostname: token,
    },
    optional: { skipped: integer },
    children: { testcase: 'often', 'system-out': 'once', 'system-err': 'once' },
  },
  testcase: {
    required: { name: token, classname: token },
    optional: { time: decimal },
    children: { skipped: 'once', error: 'often', failure: 'often', 'system-out': 'often', 'system-err': 'often' },
  },
  failure: { required: { type: token }, optional: { message: text } },
  error: { required: { type: token }, optional: { message: text } },
  skipped: { required: {}, optional: { message: text } },
  'system-out': { required: {} },
  'system-err': { required: {} },
};

/** What is wrong with the report, each time that it is. */
export function junitProblems(report: string): readonly string[] {
  const root = parsed(report);
  const isReport = root.name === 'testsuites';
  return [...(isReport ? [] : [`a report is no <${root.name}>`]), ...shapeProblems(root), ...countProblems(root)];
}

function shapeProblems({ name, attributes, children }: Element): readonly string[] {
  const rule = rules[name];
  if (rule === undefined) return [`there is no <${name}>`];
  const allowed: Patterns = { ...rule.required, ...rule.optional };
  const missing = Object.keys(rule.required).filter((each) => !attributes.has(each));
  const wrong = [...attributes].filter(([each, value]) => allowed[each]?.test(value) !== true);
  return [
    ...missing.map((each) => `<${name}> has no ${each}`),
    ...wrong.map(([each, value]) => `<${name}> has ${each}="${value}"`),
    ...orderProblems(name, children, Object.entries(rule.children ?? {})),
    ...children.flatMap(shapeProblems),
  ];
}

function orderProblems(
  parent: string,
  children: readonly Element[],
  allowed: readonly (readonly [name: string, often: 'once' | 'often'])[],
): readonly string[] {
  let place = 0;
  return children.flatMap(({ name }) => {
    while (place < allowed.length && allowed[place]![0] !== name) place++;
    if (place === allowed.length) return [`<${name}> has no place there in <${parent}>`];
    if (allowed[place]![1] === 'once') place++;
    return [];
  });
}

/** A number that says how many there are says it right. */
function countProblems(element: Element): readonly string[] {
  const cases = allIn(element).filter(({ name }) => name === 'testcase');
  const having = (child: string): number =>
    cases.filter(({ children }) => children.some(({ name }) => name === child)).length;
  const right = {
    tests: cases.length,
    failures: having('failure'),
    errors: having('error'),
    skipped: having('skipped'),
  };
  const wrong = Object.entries(right).filter(([name, count]) => {
    const said = element.attributes.get(name);
    return said !== undefined && Number(said) !== count;
  });
  return [
    ...wrong.map(([name, count]) => `<${element.name}> says another number of ${name} than ${count}`),
    ...element.children.flatMap(countProblems),
  ];
}

function allIn(element: Element): readonly Element[] {
  return [element, ...element.children.flatMap(allIn)];
}

const tag = /<(\/?)([\w-]+)((?:\s[\w-]+="[^"<]*")*)(\/?)>|([^<]+)/y;
const strayAmpersand = /&(?!(?:amp|lt|gt|quot|#39);)/;

/** @throws Error for what is not well-formed. Of XML as much as our reports have of it. */
function parsed(report: string): Element {
  const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';
  if (!report.startsWith(declaration)) throw new Error('It does not begin with its declaration');
  if (strayAmpersand.test(report)) throw new Error('An ampersand is not escaped');
  const top: Element = { name: '', attributes: new Map(), children: [] };
  const open = [top];
  for (tag.lastIndex = declaration.length; tag.lastIndex < report.length;) {
    const from = tag.lastIndex;
    const [, isEnd, name, said = '', isEmpty, between] = tag.exec(report) ?? [];
    if (name === undefined && between === undefined) throw new Error(`No XML: ${report.slice(from, from + 80)}`);
    if (name === undefined) continue;
    if (isEnd === '/') {
      if (open.pop()?.name !== name) throw new Error(`</${name}> ends another element`);
      continue;
    }
    const element: Element = { name, attributes: attributesIn(said), children: [] };
    open.at(-1)!.children.push(element);
    if (isEmpty !== '/') open.push(element);
  }
  if (open.length !== 1 || top.children.length !== 1) throw new Error('It is not one element that is closed');
  return top.children[0]!;
}

function attributesIn(said: string): ReadonlyMap<string, string> {
  const all = [...said.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name, value]) => [name!, value!] as const);
  const attributes = new Map(all);
  if (attributes.size !== all.length) throw new Error(`An attribute stands there twice: ${said}`);
  return attributes;
}
