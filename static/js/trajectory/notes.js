"use strict";
/* Notes of clinicians: a number in a box at their day; the words stand in the list under the curve. */
window.Trajectory = window.Trajectory || {};

Trajectory.Notes = class {
  constructor(notes, frame, words) {
    Object.assign(this, { frame, words });
    this.y = frame.head - 12;
    this.marks = this.together((notes ?? []).filter((note) => frame.sees(note.on)));
  }

  /* Neighbours share a box where two would overlap. */
  together(notes) {
    const found = [];
    for (const note of notes) {
      const x = this.frame.x(note.on);
      const last = found.at(-1);
      if (last && x - last.x < Trajectory.NOTE_WIDTH) last.notes.push(note);
      else found.push({ x, notes: [note] });
    }
    return found;
  }

  text(mark) {
    const numbers = mark.notes.map((note) => note.number);
    return numbers.length > 1 ? `${numbers[0]}–${numbers.at(-1)}` : String(numbers[0]);
  }

  /* No other label may cover a number. */
  block(placement) {
    for (const mark of this.marks) placement.block(mark.x - 11, this.y - 9, mark.x + 11, this.y + 9);
  }

  annotations(palette, hoverlabel) {
    return this.marks.map((mark) => ({
      name: "bare", text: this.text(mark), xref: "paper", yref: "paper", x: this.frame.paperX(mark.x), y: this.frame.paperY(this.y),
      xanchor: "center", yanchor: "middle", showarrow: false, borderpad: 2, borderwidth: 1, bordercolor: palette.of("ink-2"), bgcolor: palette.of("paper"),
      font: { size: Trajectory.SIZE.small, color: palette.of("ink"), weight: 600 },
      hovertext: mark.notes.map((note) => this.told(note)).join("<br><br>"), hoverlabel,
    }));
  }

  /* What people typed is text: Plotly would read marks in it. Long lines are broken, so that none runs off the figure. */
  told(note) {
    const lines = [];
    for (const word of `${note.number} · ${this.words.date(note.on)}: ${note.text}`.split(" ")) {
      if (lines.length && `${lines.at(-1)} ${word}`.length <= Trajectory.NOTE_LINE) lines.push(`${lines.pop()} ${word}`);
      else lines.push(word);
    }
    return lines.map(Trajectory.escape).join("<br>");
  }

  /* From the box down to the axis, lightly. */
  stems(palette) {
    return this.marks.flatMap((mark) => mark.notes).map((note) => ({
      type: "line", layer: "below", xref: "x", yref: "paper", x0: note.on, x1: note.on,
      y0: this.frame.paperY(this.frame.floor), y1: this.frame.paperY(this.y + 8), line: { width: 1, color: palette.of("rule-strong"), dash: "1px,3px" },
    }));
  }
};

Trajectory.NOTE_WIDTH = 18; /* pixels between two boxes */
Trajectory.NOTE_LINE = 56; /* characters of a line */
