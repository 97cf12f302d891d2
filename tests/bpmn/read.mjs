// Reads BPMN files with the parser of bpmn-io; prints for each its warnings and what it found, as JSON.
import { readFileSync } from "node:fs";
import BpmnModdle from "bpmn-moddle";

const inside = (element) => [element, ...(element.flowElements ?? []).flatMap(inside)];
const moddle = new BpmnModdle();
const found = {};
for (const file of process.argv.slice(2)) {
  const { rootElement, references, elementsById, warnings } = await moddle.fromXML(readFileSync(file, "utf-8"));
  const process = rootElement.rootElements.find((element) => element.$type === "bpmn:Process");
  found[file] = {
    warnings: warnings.map((warning) => warning.message),
    elements: process.flowElements.flatMap(inside).map(({ $type, id, name }) => ({ type: $type, id, name: name ?? null })),
    unresolved: references.map(({ id }) => id).filter((id) => !(id in elementsById)),
    drawn: rootElement.diagrams[0].plane.planeElement.map((shape) => shape.bpmnElement?.id ?? null),
  };
}
console.log(JSON.stringify(found));
