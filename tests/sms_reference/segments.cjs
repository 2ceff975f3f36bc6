// Reads JSON strings, one a line, and writes what the reference says of each, one a line.
const { createInterface } = require("node:readline");
const textUtils = require("sms-segments-calculator/dist/libs/textUtils.js");
const { SegmentedMessage } = require("sms-segments-calculator");

const byGrapheme = textUtils.splitGraphemes;
const byCharacter = (text) => [...text];

function measured(text, split) {
  textUtils.splitGraphemes = split;
  const message = new SegmentedMessage(text);
  return {
    encoding: message.encodingName,
    units: message.messageSize / (message.encodingName === "GSM-7" ? 7 : 16),
    segments: message.segmentsCount,
  };
}

createInterface({ input: process.stdin }).on("line", (line) => {
  const text = JSON.parse(line);
  const answer = {
    clusters: byGrapheme(text).length < byCharacter(text).length,
    as_is: measured(text, byGrapheme),
    by_character: measured(text, byCharacter),
  };
  process.stdout.write(`${JSON.stringify(answer)}\n`);
});
