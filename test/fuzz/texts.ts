/** Texts as nobody types them by accident: control characters, mentions, right-to-left, halves of characters, huge ones. */
import fc from 'fast-check'

const nasty = [
  '',
  ' ',
  '\0',
  '\u0007\u001b[31m',
  '\r\n',
  '\u2028\u2029',
  '\u202e\u2066evil\u2069',
  '\ufeff\u200b',
  '\ud83d',
  '\udc00\ud800',
  '👩‍👩‍👧‍👦',
  'ﷺ'.repeat(30),
  'Z̴̡͔̈a̶l̷g̸o̵',
  '✅ done',
  '<!channel>',
  '<!here|here>',
  '<@U00000001>',
  '<@U00000001|jo>',
  '<@W1|<@U2>>',
  '<@U00000001',
  '<#C1|x>',
  '<!subteam^S1>',
  '<https://evil.example|login>',
  '<mailto:jo.miller@example.com|jo.miller@example.com>',
  '<mailto:a@b|<!channel>>',
  'jo.miller@example.com',
  'JO@EXAMPLE.COM',
  'a@b',
  '@@@@',
  '"a b"@example.com',
  "o'brien@example.com",
  '`code` *bold* _it_ ~no~',
  '&lt;&amp;',
  '../../etc/passwd',
  '${HOME}',
  '{{constructor.constructor("x")()}}',
  '<script>alert(1)</script>',
  "'; DROP TABLE x; --",
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'null',
  'undef',
  'nan',
  '-0',
  '1e999',
  '9'.repeat(400),
  'status',
  'list',
  'report',
  'cancel',
  'help',
  'off-1',
  'off-2 0123456789abcdef',
] as const

/** Pieces that a careless pattern would go over again and again. */
const repeated = [
  'a',
  '@',
  '<',
  '<@U',
  '.',
  ' ',
  '\n',
  '\t',
  '>',
  '|',
  'a@',
  'a.',
  '{',
  '"',
  '\\',
  '\u0301',
  '😀',
  '${',
  '0',
]

const word = fc.constantFrom(...nasty)
/** Any code unit, halves of characters too; fast-check's own full alphabet takes seconds to build. */
const wild = fc
  .tuple(fc.constantFrom(0x7f, 0x7f, 0x2100, 0xffff), fc.array(fc.nat(0xffff), { maxLength: 30 }))
  .map(([most, units]) => String.fromCharCode(...units.map((unit) => unit % (most + 1))))
const address = fc
  .tuple(fc.stringMatching(/^[a-z0-9._+'-]{1,12}$/), fc.stringMatching(/^[a-z0-9.-]{1,12}$/))
  .map(([name, host]) => `${name}@${host}`)
const mention = fc
  .tuple(
    fc.constantFrom('<@', '<!', '<#', '<', '@'),
    fc.stringMatching(/^[UWCS][A-Z0-9]{0,10}$/),
    fc.constantFrom('>', '|x>', '', '|<@U1>>'),
  )
  .map((parts) => parts.join(''))
const long = fc
  .tuple(fc.constantFrom(...repeated), fc.nat(60_000), word)
  .map(([piece, count, end]) => piece.repeat(Math.ceil(count / piece.length)) + end)

const piece = fc.oneof({ weight: 4, arbitrary: word }, { weight: 4, arbitrary: wild }, address, mention)
const joined = fc
  .tuple(fc.array(piece, { maxLength: 5 }), fc.constantFrom(' ', '', '\n', '\t', '\u00a0'))
  .map(([pieces, between]) => pieces.join(between))

/** Mostly short; one in fifty is up to 60,000 characters. */
export const text: fc.Arbitrary<string> = fc.oneof(
  { weight: 20, arbitrary: piece },
  { weight: 28, arbitrary: joined },
  { weight: 1, arbitrary: long },
)

export const shortText: fc.Arbitrary<string> = fc.oneof(word, wild, address, mention)
