// Tells the person in front of the screen what takes so long, and stays silent about what does not.

const SILENT_MS = 2_000;
const PLAIN_LINE_INTERVAL_MS = 10_000;
const TTY_INTERVAL_MS = 200;

// Steps contain steps (a build installs packages); the innermost one has the line.
const activeSteps = [];

/**
 * Starts reporting on one step. Nothing is shown during the first two seconds.
 *
 * Writes to stderr: stdout belongs to whoever reads the results (test summaries, `export` lines).
 *
 * @param {string} title  what is being worked on, for example "mediasoup worker"
 */
export function startProgress(title) {
  const step = Symbol(title);
  activeSteps.push(step);
  const isTty = Boolean(process.stderr.isTTY);
  const startMs = Date.now();
  let text = '';
  let shown = false;
  let lastPlainMs = 0;

  function show() {
    const elapsedMs = Date.now() - startMs;
    if (elapsedMs < SILENT_MS || activeSteps.at(-1) !== step) return;
    if (isTty) {
      const line = `${title}: ${text || 'working'} (${formatDuration(elapsedMs)})`;
      process.stderr.write(`\r\x1b[K${line.slice(0, (process.stderr.columns ?? 80) - 1)}`);
    } else if (Date.now() - lastPlainMs >= PLAIN_LINE_INTERVAL_MS) {
      lastPlainMs = Date.now();
      process.stderr.write(`${title}: ${text || 'working'}\n`);
    } else return;
    shown = true;
  }

  function end() {
    clearInterval(timer);
    activeSteps.splice(activeSteps.indexOf(step), 1);
  }

  const timer = setInterval(show, isTty ? TTY_INTERVAL_MS : SILENT_MS);
  timer.unref();

  return {
    /** Replaces what the step is doing just now; shown at the next turn. */
    update(newText) {
      text = newText;
    },
    /** Ends the step. The closing line appears only if the step had become visible. */
    done(closingText = 'done') {
      end();
      if (!shown) return;
      process.stderr.write(
        `${isTty ? '\r\x1b[K' : ''}${title}: ${closingText} (${formatDuration(Date.now() - startMs)})\n`,
      );
    },
    /** Ends the step that failed; the error itself is printed by whoever catches it. */
    stop() {
      end();
      if (shown && isTty) process.stderr.write('\r\x1b[K');
    },
  };
}

/** Runs one step with progress: `work` gets the function that changes the text and may return a closing text. */
export async function withProgress(title, work) {
  const progress = startProgress(title);
  try {
    const result = await work(progress.update);
    progress.done();
    return result;
  } catch (error) {
    progress.stop();
    throw error;
  }
}

export function formatDuration(durationMs) {
  const seconds = Math.round(durationMs / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
}
