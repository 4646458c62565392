import { type SubjectRow } from './subjects.js';

const INTRO = `# Subjects

Everything that crosses a process inside the server is one protobuf message (package \`vicinity.v1\`, see proto/) on one
NATS subject. This page lists them all. It is rendered from \`libs/broker/src/subjects.ts\`, and a test compares the two:
change the table there, then put what the test prints here.

## How subjects are made

\`vw.<world>.<plane>.<what>.<who>\`, always five tokens, and \`vw._domain.<what>\` or \`vw._domain.<what>.<who>\` for what
belongs to no world.

- \`{world}\`: the world's name, 1 to 32 of \`a-z\`, \`0-9\` and \`-\`.
- \`{who}\`: usually the instance id of a process, for example \`audio-mixer-7f3a\`. In some rows it is the publisher, in
  others the one that is meant; the row says which. For channels of the chat it is the channel's name as base64url, for
  shards of a world their number, and \`any\` is whichever process of that kind is free.

A row with an answer is a request: the answer goes to the message's reply subject. Rows that are not stored are at most
once: late or lost messages are made up for by the next ones. Rows that are stored belong to a JetStream stream; nobody
subscribes to them, because there one would also see what the log refuses. What the log has taken it republishes on a
subject of its own, with its place in the log in the header \`Nats-Sequence\` and the place of the message before it on
the same subject in \`Nats-Last-Sequence\`.

## The table

`;

const OUTRO = `
## Looking at a live world

The \`nats\` command line (https://github.com/nats-io/natscli) is enough. The broker of a server that was started with
\`vicinity up\` listens on port base + 10, 40110 by default:

\`\`\`
nats --server nats://127.0.0.1:40110 sub 'vw.main.>' --translate 'vicinity decode {{Subject}}'
\`\`\`

\`--translate\` starts the given command for every message, hands it the payload on standard input and prints what the
command prints. \`{{Subject}}\` becomes the message's subject, from which \`vicinity decode\` knows the type. The command is
split at blanks and is not run by a shell, so \`vicinity\` has to be on the PATH, or be written as
\`node dist/apps/cli/src/main.js\` with the full path. A process for every message is slow: look at one subject at a time
(\`'vw.main.session.>'\`) or stop after a few (\`--count 20\`).

The same works for what is stored, and for everybody who is running:

\`\`\`
nats --server nats://127.0.0.1:40110 stream view VW_MESSAGES --translate 'vicinity decode {{Subject}}'
nats --server nats://127.0.0.1:40110 stream view VW_ENTITIES_MAIN --translate 'vicinity decode {{Subject}}'
nats --server nats://127.0.0.1:40110 sub 'vw._domain.member.*' --translate 'vicinity decode {{Subject}}'
\`\`\`
`;

/** The whole of docs/subjects.md. */
export function renderSubjectsPage(subjects: Readonly<Record<string, SubjectRow>>): string {
  const header = '| subject | message | answer | published by | subscribed by | rate | stored | purpose |';
  const rule = '| --- | --- | --- | --- | --- | --- | --- | --- |';
  return `${INTRO}${[header, rule, ...Object.values(subjects).map(renderRow)].join('\n')}\n${OUTRO}`;
}

function renderRow(row: SubjectRow): string {
  const cells = [
    `\`${row.template}\``,
    `\`${row.message}\``,
    row.reply ? `\`${row.reply}\`` : '',
    row.publisher,
    row.subscriber,
    row.rate,
    row.stored ? 'yes' : 'no',
    row.purpose,
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
