// Dropping files on the form of a run: they are chosen, and sent once the laboratory is known. Without JavaScript the file field does it.
(() => {
  const form = document.querySelector("form[data-drop]");
  const field = form?.querySelector("input[type=file]");
  if (!field) return;
  const over = (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    form.classList.add("over");
  };
  const leave = (event) => {
    if (!form.contains(event.relatedTarget)) form.classList.remove("over");
  };
  form.addEventListener("dragenter", over);
  form.addEventListener("dragover", over);
  form.addEventListener("dragleave", leave);
  form.addEventListener("drop", (event) => {
    if (!event.dataTransfer?.files.length) return;
    event.preventDefault();
    form.classList.remove("over");
    field.files = event.dataTransfer.files;
    const laboratory = form.elements.laboratory;
    if (laboratory.value) form.requestSubmit();
    else laboratory.focus();
  });
})();
