"use strict";
/* The figure taken away: a picture on white paper with its title, or every sample as a row. */
window.Trajectory = window.Trajectory || {};

Trajectory.PICTURE = { width: 1080, scale: 2 };

/* Labels outside bands stand on a halo of paper; as attributes, so that it goes with the picture. */
Trajectory.halo = (root, haloed, paper) => {
  for (const annotation of root.querySelectorAll(".annotation")) {
    if (!haloed[annotation.dataset.index]) continue;
    const text = annotation.querySelector(".annotation-text");
    text.setAttribute("paint-order", "stroke");
    text.setAttribute("stroke", paper);
    text.setAttribute("stroke-width", "4");
    text.setAttribute("stroke-linejoin", "round");
  }
};

Trajectory.svg = async ({ data, layout, haloed }, palette) => {
  const { width, height } = layout;
  const url = await Plotly.toImage({ data, layout, config: { staticPlot: true } }, { format: "svg", width, height });
  return Trajectory.haloedText(decodeURIComponent(url.slice(url.indexOf(",") + 1)), haloed, palette.of("paper"));
};

/* The same halo written into the text of a picture: a parser would refuse its style attributes under our policy. */
Trajectory.haloedText = (svg, haloed, paper) => {
  const halo = `paint-order="stroke" stroke="${paper}" stroke-width="4" stroke-linejoin="round"`;
  return svg.replace(/(<g class="annotation" data-index="(\d+)"[\s\S]*?<text )(class="annotation-text")/g,
    (whole, before, index, after) => (haloed[index] ? `${before}${halo} ${after}` : whole));
};

Trajectory.png = async (svg, { width, height }) => {
  const { scale } = Trajectory.PICTURE;
  const image = new Image();
  image.src = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: width * scale, height: height * scale });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(image.src);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
};

Trajectory.COLUMNS = ["id", "on", "tissue", "call", "class", "pct_abl1", "abl1_copies", "lod_pct_abl1", "loq_pct_abl1",
  "assay_key", "timepoint", "course", "height_is"];
Trajectory.SCALES = ["PER_1E5_ABL1", "PCT_BASELINE", "LOG10_REDUCTION"];

/* One row for each sample, in codes and exact decimals; a sample that was not detected has a limit and no value. */
Trajectory.csv = (meta) => {
  const head = [...Trajectory.COLUMNS, ...Trajectory.SCALES.map((scale) => `drawn_${scale.toLowerCase()}`), "comparator", "role", "remarks", "ruleset", "as_of", "known_at"];
  const rows = meta.points.map((point) => [
    ...Trajectory.COLUMNS.map((column) => point[column] ?? ""),
    ...Trajectory.SCALES.map((scale) => point.label[scale] ?? ""),
    Trajectory.comparator(point),
    meta.episodes.flatMap((one) => [one.index === point.id && "INDEX", one.confirmed_by === point.id && "CONFIRMING"]).filter(Boolean).join(" "),
    (point.remarks ?? []).join(" "),
    meta.ruleset,
    meta.as_of,
    meta.known_at ?? "",
  ]);
  return [head, ...rows].map((row) => row.map(Trajectory.cell).join(",")).join("\r\n") + "\r\n";
};

/* Drawn at a limit: the value is below it. */
Trajectory.comparator = (point) => (point.y.PCT_ABL1 === undefined || point.shape === "DETECTED" ? "" : "<");

/* Quoted where needed; what a spreadsheet would run as a formula is text. */
Trajectory.cell = (value) => {
  const text = /^[=+@\t\r-]/.test(String(value)) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

Trajectory.save = (content, name, type) => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
};
