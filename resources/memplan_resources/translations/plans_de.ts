<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de">
<context>
    <name></name>
    <message>
        <source>{part} of {whole} bytes</source>
        <translation>{part} von {whole} Byte</translation>
    </message>
    <message>
        <source>{part} of {whole}</source>
        <translation>{part} von {whole}</translation>
    </message>
    <message numerus="yes">
        <source>{count} byte</source>
        <comment>{count} bytes</comment>
        <translation>
            <numerusform>{count} Byte</numerusform>
            <numerusform>{count} Byte</numerusform>
        </translation>
    </message>
    <message>
        <source>flash_attn aborts with the architecture {name}</source>
        <translation>flash_attn bricht bei der Architektur {name} ab</translation>
    </message>
    <message>
        <source>n_layer must be &lt;= {most}, not {count}</source>
        <translation>n_layer muss &lt;= {most} sein, nicht {count}</translation>
    </message>
    <message>
        <source>ZINC runs on CUDA and ROCm, too, but how it plans its memory there is not published: Memplan plans ZINC on Vulkan and Metal.</source>
        <translation>ZINC läuft auch auf CUDA und ROCm, doch wie es seinen Speicher dort plant, ist nicht veröffentlicht: Memplan plant ZINC auf Vulkan und Metal.</translation>
    </message>
    <message>
        <source>The model states a context length of 0.</source>
        <translation>Das Modell gibt eine Kontextlänge von 0 an.</translation>
    </message>
    <message>
        <source>&amp;K, V cache type</source>
        <translation>Cache-T&amp;yp K, V</translation>
    </message>
    <message>
        <source>Type of the KV cache, of K and of V (--cache-type-k, --cache-type-v): smaller types take less memory and are less exact; a smaller V needs flash attention</source>
        <translation>Typ des KV-Caches, von K und von V (--cache-type-k, --cache-type-v): Kleinere Typen brauchen weniger Speicher und sind weniger genau; ein kleineres V braucht Flash Attention</translation>
    </message>
    <message>
        <source>P&amp;rogram</source>
        <translation>&amp;Programm</translation>
    </message>
    <message>
        <source>The program whose defaults apply</source>
        <translation>Das Programm, dessen Vorgaben gelten</translation>
    </message>
    <message>
        <source>K cache type</source>
        <translation>Typ des K-Caches</translation>
    </message>
    <message>
        <source>V cache type</source>
        <translation>Typ des V-Caches</translation>
    </message>
    <message>
        <source>Flash attention</source>
        <translation>Flash Attention</translation>
    </message>
    <message>
        <source>Flash attenti&amp;on</source>
        <translation>&amp;Flash Attention</translation>
    </message>
    <message>
        <source>Attention as one fused operation (--flash-attn): without it the compute buffer grows with the context. Auto: on wherever the engine has it</source>
        <translation>Attention als eine verschmolzene Operation (--flash-attn): Ohne sie wächst der Rechenpuffer mit dem Kontext. Auto: an, wo die Engine sie hat</translation>
    </message>
    <message>
        <source>GPU layers</source>
        <translation>GPU-Schichten</translation>
    </message>
    <message>
        <source>&amp;GPU layers</source>
        <translation>GPU-&amp;Schichten</translation>
    </message>
    <message>
        <source>Layers on the device, the output counting as one (--n-gpu-layers)</source>
        <translation>Schichten auf dem Gerät; die Ausgabe zählt als eine (--n-gpu-layers)</translation>
    </message>
    <message>
        <source>Experts on host</source>
        <translation>Experten auf dem Host</translation>
    </message>
    <message>
        <source>E&amp;xperts on host</source>
        <translation>Host-E&amp;xperten</translation>
    </message>
    <message>
        <source>First layers whose experts stay in host memory (--n-cpu-moe, --cpu-moe): less on the device, but slower</source>
        <translation>Erste Schichten, deren Experten im Host-Speicher bleiben (--n-cpu-moe, --cpu-moe): weniger auf dem Gerät, aber langsamer</translation>
    </message>
    <message>
        <source>Sequences</source>
        <translation>Sequenzen</translation>
    </message>
    <message>
        <source>Se&amp;quences</source>
        <translation>Se&amp;quenzen</translation>
    </message>
    <message>
        <source>Chats at a time, the slots of a server (--parallel); they share the context</source>
        <translation>Gleichzeitige Chats, die Slots eines Servers (--parallel); sie teilen sich den Kontext</translation>
    </message>
    <message>
        <source>Shared cache</source>
        <translation>Geteilter Cache</translation>
    </message>
    <message>
        <source>&amp;Shared cache</source>
        <translation>Gete&amp;ilter Cache</translation>
    </message>
    <message>
        <source>One KV cache for all sequences, or one each (--kv-unified). Auto: shared unless a number of sequences is set</source>
        <translation>Ein KV-Cache für alle Sequenzen oder je einer (--kv-unified). Auto: geteilt, solange keine Zahl von Sequenzen gesetzt ist</translation>
    </message>
    <message>
        <source>Micro-batch</source>
        <translation>Micro-Batch</translation>
    </message>
    <message>
        <source>Micro-batch si&amp;ze</source>
        <translation>Micr&amp;o-Batch</translation>
    </message>
    <message>
        <source>Tokens computed at once (--ubatch-size): fewer make the compute buffer smaller, and reading a long prompt slower</source>
        <translation>Auf einmal berechnete Token (--ubatch-size): Weniger Token machen den Rechenpuffer kleiner und das Lesen langer Prompts langsamer</translation>
    </message>
    <message>
        <source>tokens</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>Batch</source>
        <translation>Batch</translation>
    </message>
    <message>
        <source>Ba&amp;tch size</source>
        <translation>Batch-Gr&amp;öße</translation>
    </message>
    <message>
        <source>Tokens handed over at once (--batch-size)</source>
        <translation>Auf einmal übergebene Token (--batch-size)</translation>
    </message>
    <message>
        <source>{name} must be numbers from 0</source>
        <translation>{name} müssen Zahlen ab 0 sein</translation>
    </message>
    <message>
        <source>at most {count} devices can be given a number</source>
        <translation>höchstens {count} Geräten kann eine Zahl gegeben werden</translation>
    </message>
    <message>
        <source>By layer</source>
        <translation>Schichtweise</translation>
    </message>
    <message>
        <source>One GPU only</source>
        <translation>Nur eine GPU</translation>
    </message>
    <message>
        <source>Split</source>
        <translation>Aufteilung</translation>
    </message>
    <message>
        <source>Split o&amp;ver GPUs</source>
        <translation>&amp;Verteilung auf GPUs</translation>
    </message>
    <message>
        <source>How several GPUs share the model (--split-mode)</source>
        <translation>Wie sich mehrere GPUs das Modell teilen (--split-mode)</translation>
    </message>
    <message>
        <source>Shares</source>
        <translation>Anteile</translation>
    </message>
    <message>
        <source>Shares of the GPUs</source>
        <translation>Anteile der GPUs</translation>
    </message>
    <message>
        <source>How much of the model each GPU takes, as proportions such as 3,1 (--tensor-split); empty: as much as each has free</source>
        <translation>Wie viel vom Modell jede GPU nimmt, als Verhältnis wie 3,1 (--tensor-split); leer: so viel, wie jede frei hat</translation>
    </message>
    <message>
        <source>Main GPU</source>
        <translation>Haupt-GPU</translation>
    </message>
    <message>
        <source>The GPU that has the model where only one has it, counted from 0 (--main-gpu)</source>
        <translation>Die GPU, die das Modell hat, wenn nur eine es hat, gezählt ab 0 (--main-gpu)</translation>
    </message>
    <message>
        <source>Left free</source>
        <translation>Bleibt frei</translation>
    </message>
    <message>
        <source>Left free, MiB</source>
        <translation>Frei bleibend, MiB</translation>
    </message>
    <message>
        <source>Memory that --fit leaves free, in MiB: one number for all GPUs, or one for each (--fit-target)</source>
        <translation>Speicher, den --fit frei lässt, in MiB: eine Zahl für alle GPUs oder eine für jede (--fit-target)</translation>
    </message>
    <message>
        <source>The largest single buffer that the device gives, such as 4 GiB with many Vulkan drivers; larger tensors cannot be loaded</source>
        <translation>Der größte einzelne Puffer, den das Gerät gibt, etwa 4 GiB bei vielen Vulkan-Treibern; größere Tensoren können nicht geladen werden</translation>
    </message>
    <message>
        <source>KV cache beside its layer</source>
        <translation>KV-Cache jeweils bei der Schicht</translation>
    </message>
    <message>
        <source>KV cache beside &amp;its layer</source>
        <translation>KV-Cache &amp;jeweils bei der Schicht</translation>
    </message>
    <message>
        <source>Keep the KV cache where its layer is, else in host memory (--no-kv-offload)</source>
        <translation>Den KV-Cache bei seiner Schicht halten, sonst im Host-Speicher (--no-kv-offload)</translation>
    </message>
    <message>
        <source>Whole cache for window layers</source>
        <translation>Ganzer Cache für Fensterschichten</translation>
    </message>
    <message>
        <source>&amp;Whole cache for window layers</source>
        <translation>Ganzer Cache f&amp;ür Fensterschichten</translation>
    </message>
    <message>
        <source>Give window layers a cache of the whole context (--swa-full): more memory, reusable</source>
        <translation>Fensterschichten einen Cache des ganzen Kontexts geben (--swa-full): mehr Speicher, wiederverwendbar</translation>
    </message>
    <message>
        <source>{name} must be at least 1</source>
        <translation>{name} muss mindestens 1 sein</translation>
    </message>
    <message>
        <source>the name of an architecture (general.architecture)</source>
        <translation>der Name einer Architektur (general.architecture)</translation>
    </message>
    <message>
        <source>none</source>
        <translation>nichts</translation>
    </message>
    <message>
        <source>The file may be a part of a split model or no language model.</source>
        <translation>Die Datei ist vielleicht Teil eines aufgeteilten Modells oder kein Sprachmodell.</translation>
    </message>
    <message>
        <source>at most {most} tensors</source>
        <translation>höchstens {most} Tensoren</translation>
    </message>
    <message>
        <source>a language model</source>
        <translation>ein Sprachmodell</translation>
    </message>
    <message>
        <source>a file of the kind {kind}</source>
        <translation>eine Datei der Art {kind}</translation>
    </message>
    <message>
        <source>Open the model that it belongs to.</source>
        <translation>Das Modell öffnen, zu dem sie gehört.</translation>
    </message>
    <message>
        <source>the model&apos;s dimensions ({key})</source>
        <translation>die Dimensionen des Modells ({key})</translation>
    </message>
    <message>
        <source>The file may be a vocabulary or an incomplete conversion: convert the model again.</source>
        <translation>Die Datei ist vielleicht ein Vokabular oder unvollständig konvertiert: Das Modell neu konvertieren.</translation>
    </message>
    <message>
        <source>at most {most} layers</source>
        <translation>höchstens {most} Schichten</translation>
    </message>
    <message>
        <source>at most {most} experts</source>
        <translation>höchstens {most} Experten</translation>
    </message>
    <message>
        <source>The file is damaged or made to be invalid.</source>
        <translation>Die Datei ist beschädigt oder absichtlich ungültig.</translation>
    </message>
    <message>
        <source>a model&apos;s facts</source>
        <translation>die Angaben zu einem Modell</translation>
    </message>
    <message>
        <source>too many files beside the model</source>
        <translation>zu viele Dateien neben dem Modell</translation>
    </message>
    <message>
        <source>too many tensors</source>
        <translation>zu viele Tensoren</translation>
    </message>
    <message>
        <source>tensor {name} has too many dimensions</source>
        <translation>Tensor {name} hat zu viele Dimensionen</translation>
    </message>
    <message>
        <source>{name} cannot be {value}</source>
        <translation>{name} kann nicht {value} sein</translation>
    </message>
    <message>
        <source>{name} is no report: let its name end in one of {endings}</source>
        <translation>{name} ist kein Bericht: Der Name muss auf eine dieser Endungen enden: {endings}</translation>
    </message>
    <message>
        <source>automatic</source>
        <translation>automatisch</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Header SHA-256</source>
        <translation>SHA-256 des Headers</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>Gewichte</translation>
    </message>
    <message>
        <source>Engine</source>
        <translation>Engine</translation>
    </message>
    <message>
        <source>Backend</source>
        <translation>Backend</translation>
    </message>
    <message>
        <source>Budget</source>
        <translation>Budget</translation>
    </message>
    <message>
        <source>Context</source>
        <translation>Kontext</translation>
    </message>
    <message>
        <source>All memory</source>
        <translation>Gesamter Speicher</translation>
    </message>
    <message>
        <source>Requested</source>
        <translation>Angefordert</translation>
    </message>
    <message>
        <source>Floor</source>
        <translation>Untergrenze</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>Automatisch</translation>
    </message>
    <message>
        <source>Largest that fits</source>
        <translation>Passend bis</translation>
    </message>
    <message>
        <source>Ceiling</source>
        <translation>Obergrenze</translation>
    </message>
    <message>
        <source>not counted</source>
        <translation>zählt nicht</translation>
    </message>
    <message>
        <source>not limited</source>
        <translation>nicht begrenzt</translation>
    </message>
    <message>
        <source>Counts</source>
        <translation>Zählt</translation>
    </message>
    <message>
        <source>Component</source>
        <translation>Komponente</translation>
    </message>
    <message>
        <source>Where</source>
        <translation>Wo</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>Bytes</source>
        <translation>Byte</translation>
    </message>
    <message>
        <source>Of budget</source>
        <translation>Vom Budget</translation>
    </message>
    <message>
        <source>Marker</source>
        <translation>Marke</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>Left</source>
        <translation>Übrig</translation>
    </message>
    <message>
        <source>Memory plan: {model}</source>
        <translation>Speicherplan: {model}</translation>
    </message>
    <message>
        <source>At {context} tokens</source>
        <translation>Bei {context} Token</translation>
    </message>
    <message>
        <source>Memory against context length</source>
        <translation>Speicher über Kontextlänge</translation>
    </message>
    <message>
        <source>What to change</source>
        <translation>Vorschläge</translation>
    </message>
    <message>
        <source>Contexts</source>
        <translation>Kontexte</translation>
    </message>
    <message>
        <source>Model and request</source>
        <translation>Modell und Anfrage</translation>
    </message>
    <message>
        <source>Notes</source>
        <translation>Hinweise</translation>
    </message>
    <message>
        <source>{instruction}: {effect}.</source>
        <translation>{instruction}: {effect}.</translation>
    </message>
    <message>
        <source>The engine&apos;s log says:</source>
        <translation>Im Log der Engine steht:</translation>
    </message>
    <message>
        <source>a report of at most 64 MiB</source>
        <translation>ein Bericht von höchstens 64 MiB</translation>
    </message>
    <message>
        <source>a larger file</source>
        <translation>eine größere Datei</translation>
    </message>
    <message>
        <source>a file that can be read</source>
        <translation>eine lesbare Datei</translation>
    </message>
    <message>
        <source>a report in JSON</source>
        <translation>ein Bericht in JSON</translation>
    </message>
    <message>
        <source>a report with a model&apos;s facts</source>
        <translation>ein Bericht mit den Angaben zu einem Modell</translation>
    </message>
    <message>
        <source>another file</source>
        <translation>eine andere Datei</translation>
    </message>
    <message>
        <source>Write one with: {command}</source>
        <translation>Einen schreiben mit: {command}</translation>
    </message>
    <message>
        <source>a request</source>
        <translation>eine Anfrage</translation>
    </message>
    <message>
        <source>Context length (tokens)</source>
        <translation>Kontextlänge (Token)</translation>
    </message>
    <message>
        <source>Budget {size}</source>
        <translation>Budget {size}</translation>
    </message>
    <message>
        <source>Largest</source>
        <translation>Größter</translation>
    </message>
    <message>
        <source>{name} must be an object</source>
        <translation>{name} muss ein Objekt sein</translation>
    </message>
    <message>
        <source>{name} must be an integer from 0 to {largest}, not {value}</source>
        <translation>{name} muss eine ganze Zahl von 0 bis {largest} sein, nicht {value}</translation>
    </message>
    <message>
        <source>{name} must be from 0 to {largest}, not {value}</source>
        <translation>{name} muss zwischen 0 und {largest} liegen, nicht bei {value}</translation>
    </message>
    <message>
        <source>Shorter chats and documents.</source>
        <translation>Kürzere Chats und Dokumente.</translation>
    </message>
    <message>
        <source>Slightly less exact attention; below q8_0 it shows in long chats.</source>
        <translation>Etwas ungenauere Attention; unter q8_0 in langen Chats zu merken.</translation>
    </message>
    <message>
        <source>A newer engine.</source>
        <translation>Eine neuere Engine.</translation>
    </message>
    <message>
        <source>Store the KV cache as {to} (ZINC_KV_Q8=1)</source>
        <translation>Den KV-Cache als {to} speichern (ZINC_KV_Q8=1)</translation>
    </message>
    <message>
        <source>Slightly less exact attention.</source>
        <translation>Etwas weniger genaue Attention.</translation>
    </message>
    <message>
        <source>Turn next-token layers off (ZINC_MTP={to})</source>
        <translation>Die Next-Token-Schichten ausschalten (ZINC_MTP={to})</translation>
    </message>
    <message>
        <source>Slower answers.</source>
        <translation>Langsamere Antworten.</translation>
    </message>
    <message>
        <source>Reserve {to} MB for prefill (ZINC_PREFILL_SCRATCH_MB)</source>
        <translation>{to} MB für das Prefill reservieren (ZINC_PREFILL_SCRATCH_MB)</translation>
    </message>
    <message>
        <source>Long prompts may spill into the host&apos;s memory.</source>
        <translation>Lange Prompts weichen vielleicht in den Hauptspeicher aus.</translation>
    </message>
    <message>
        <source>Nothing where the GPU supports it.</source>
        <translation>Nichts, wo die GPU sie unterstützt.</translation>
    </message>
    <message>
        <source>Fewer chats at a time.</source>
        <translation>Weniger Chats zugleich.</translation>
    </message>
    <message>
        <source>Slower reading of long prompts.</source>
        <translation>Lange Prompts werden langsamer gelesen.</translation>
    </message>
    <message>
        <source>Leave the projector in host memory</source>
        <translation>Den Projektor im Hauptspeicher lassen</translation>
    </message>
    <message>
        <source>Images take longer.</source>
        <translation>Bilder dauern länger.</translation>
    </message>
    <message>
        <source>leave the projector in host memory</source>
        <translation>den Projektor im Hauptspeicher lassen</translation>
    </message>
    <message>
        <source>Do without next-token layers</source>
        <translation>Auf Next-Token-Schichten verzichten</translation>
    </message>
    <message>
        <source>Slower: no tokens are drafted.</source>
        <translation>Langsamer: Token werden nicht entworfen.</translation>
    </message>
    <message>
        <source>do without next-token layers</source>
        <translation>auf Next-Token-Schichten verzichten</translation>
    </message>
    <message>
        <source>Keep the experts of {to} layers in host memory</source>
        <translation>Die Experten von {to} Schichten im Hauptspeicher halten</translation>
    </message>
    <message>
        <source>Slower: these experts are computed on the CPU, in host memory.</source>
        <translation>Langsamer: Diese Experten rechnet die CPU, im Hauptspeicher.</translation>
    </message>
    <message>
        <source>keep the experts of {to} layers in host memory</source>
        <translation>die Experten von {to} Schichten im Hauptspeicher halten</translation>
    </message>
    <message>
        <source>Slower: the other layers are computed on the CPU, in host memory.</source>
        <translation>Langsamer: Die übrigen Schichten rechnet die CPU, im Hauptspeicher.</translation>
    </message>
    <message>
        <source>Less memory for everything else on the Mac, until it restarts.</source>
        <translation>Weniger Speicher für alles andere auf dem Mac, bis er neu startet.</translation>
    </message>
    <message>
        <source>Another device.</source>
        <translation>Ein anderes Gerät.</translation>
    </message>
    <message>
        <source>Use {to} in place of {was}</source>
        <translation>{to} statt {was} verwenden</translation>
    </message>
    <message>
        <source>Another file, whose size is worked out and may differ a little; less exact answers.</source>
        <translation>Eine andere Datei, deren Größe berechnet ist und etwas abweichen kann; ungenauere Antworten.</translation>
    </message>
    <message>
        <source>Use a context of {to} tokens</source>
        <translation>Einen Kontext von {to} Token verwenden</translation>
    </message>
    <message>
        <source>Keep the KV cache as {to}</source>
        <translation>Den KV-Cache als {to} halten</translation>
    </message>
    <message>
        <source>Use ZINC of {to}, which caches attending layers only</source>
        <translation>ZINC von {to} verwenden, das nur für Attention-Schichten einen Cache anlegt</translation>
    </message>
    <message>
        <source>Turn flash attention on</source>
        <translation>Flash Attention einschalten</translation>
    </message>
    <message>
        <source>Serve fewer sequences at a time: {to}</source>
        <translation>Weniger Sequenzen zugleich bedienen: {to}</translation>
    </message>
    <message>
        <source>Use a micro-batch of {to} tokens</source>
        <translation>Einen Micro-Batch von {to} Token verwenden</translation>
    </message>
    <message>
        <source>Put fewer layers on the GPU: {to}</source>
        <translation>Weniger Schichten auf die GPU legen: {to}</translation>
    </message>
    <message>
        <source>Raise the GPU&apos;s share: sudo sysctl iogpu.wired_limit_mb={to}</source>
        <translation>Den Anteil der GPU erhöhen: sudo sysctl iogpu.wired_limit_mb={to}</translation>
    </message>
    <message>
        <source>Use a larger device: {to}</source>
        <translation>Ein größeres Gerät verwenden: {to}</translation>
    </message>
    <message>
        <source>Use the same model as {to}</source>
        <translation>Dasselbe Modell als {to} verwenden</translation>
    </message>
    <message>
        <source>keep the KV cache as {to}</source>
        <translation>den KV-Cache als {to} halten</translation>
    </message>
    <message>
        <source>turn flash attention on</source>
        <translation>Flash Attention einschalten</translation>
    </message>
    <message>
        <source>serve fewer sequences at a time: {to}</source>
        <translation>weniger Sequenzen zugleich bedienen: {to}</translation>
    </message>
    <message>
        <source>use a micro-batch of {to} tokens</source>
        <translation>einen Micro-Batch von {to} Token verwenden</translation>
    </message>
    <message>
        <source>put fewer layers on the GPU: {to}</source>
        <translation>weniger Schichten auf die GPU legen: {to}</translation>
    </message>
    <message>
        <source>frees {size}: up to {context} tokens fit</source>
        <translation>gibt {size} frei: bis zu {context} Token passen</translation>
    </message>
    <message>
        <source>frees {size}: up to {context} tokens fit; not enough by itself</source>
        <translation>gibt {size} frei: bis zu {context} Token passen; allein nicht genug</translation>
    </message>
    <message>
        <source>up to {context} tokens fit</source>
        <translation>bis zu {context} Token passen</translation>
    </message>
    <message>
        <source>up to {context} tokens fit; not enough by itself</source>
        <translation>bis zu {context} Token passen; allein nicht genug</translation>
    </message>
    <message>
        <source>frees {size}: no context fits yet; not enough by itself</source>
        <translation>gibt {size} frei: noch passt kein Kontext; allein nicht genug</translation>
    </message>
    <message>
        <source>no context fits yet; not enough by itself</source>
        <translation>noch passt kein Kontext; allein nicht genug</translation>
    </message>
    <message>
        <source>frees {size}: parts stay in host memory</source>
        <translation>gibt {size} frei: Teile bleiben im Hauptspeicher</translation>
    </message>
    <message>
        <source>parts stay in host memory</source>
        <translation>Teile bleiben im Hauptspeicher</translation>
    </message>
    <message>
        <source>{first}, and {further}</source>
        <translation>{first} und {further}</translation>
    </message>
    <message>
        <source>less from {context} on</source>
        <translation>ab {context} weniger</translation>
    </message>
    <message>
        <source>more from {context} on</source>
        <translation>ab {context} mehr</translation>
    </message>
    <message>
        <source>{interface} is not installed here. Install the GPU&apos;s driver, or choose a device of the catalogue.</source>
        <translation>{interface} ist hier nicht installiert. Den Treiber der GPU installieren oder ein Gerät aus dem Katalog wählen.</translation>
    </message>
    <message>
        <source>{interface} is installed, but no driver for it. Install the GPU&apos;s driver, or choose a device of the catalogue.</source>
        <translation>{interface} ist installiert, aber kein Treiber dafür. Den Treiber der GPU installieren oder ein Gerät aus dem Katalog wählen.</translation>
    </message>
    <message>
        <source>No GPU that {interface} can use was found here. Choose a device of the catalogue.</source>
        <translation>Hier wurde keine GPU gefunden, die {interface} verwenden kann. Ein Gerät aus dem Katalog wählen.</translation>
    </message>
    <message>
        <source>The {interface} driver refuses to start. Reinstall the GPU&apos;s driver, or choose a device of the catalogue.</source>
        <translation>Der {interface}-Treiber verweigert den Start. Den Treiber der GPU neu installieren oder ein Gerät aus dem Katalog wählen.</translation>
    </message>
    <message>
        <source>The search for GPUs could not be started. Choose a device of the catalogue.</source>
        <translation>Die Suche nach GPUs konnte nicht gestartet werden. Ein Gerät aus dem Katalog wählen.</translation>
    </message>
    <message>
        <source>The {interface} driver crashed when it was asked for its GPUs; an engine would crash, too. Reinstall the GPU&apos;s driver.</source>
        <translation>Der {interface}-Treiber ist abgestürzt, als er nach seinen GPUs gefragt wurde; eine Engine würde auch abstürzen. Den Treiber der GPU neu installieren.</translation>
    </message>
    <message>
        <source>The {interface} driver did not answer in time; an engine would hang, too. Restart the machine, or reinstall the GPU&apos;s driver.</source>
        <translation>Der {interface}-Treiber hat nicht rechtzeitig geantwortet; eine Engine würde auch hängen. Den Rechner neu starten oder den Treiber der GPU neu installieren.</translation>
    </message>
    <message>
        <source>The {interface} driver gave an answer that makes no sense. Choose a device of the catalogue.</source>
        <translation>Der {interface}-Treiber hat eine unsinnige Antwort gegeben. Ein Gerät aus dem Katalog wählen.</translation>
    </message>
    <message>
        <source>the same in both</source>
        <translation>in beiden gleich</translation>
    </message>
    <message>
        <source>only one of them plans for it</source>
        <translation>nur eine der Engines plant es ein</translation>
    </message>
    <message>
        <source>tokens are looked up on the host</source>
        <translation>Token werden auf dem Host nachgeschlagen</translation>
    </message>
    <message>
        <source>next-token layers are not loaded</source>
        <translation>Next-Token-Schichten werden nicht geladen</translation>
    </message>
    <message>
        <source>layers, experts or the KV cache are on the host</source>
        <translation>Schichten, Experten oder der KV-Cache liegen auf dem Host</translation>
    </message>
    <message>
        <source>the cache&apos;s elements have another type</source>
        <translation>die Elemente des Caches haben einen anderen Typ</translation>
    </message>
    <message>
        <source>fewer layers have a cache</source>
        <translation>weniger Schichten haben einen Cache</translation>
    </message>
    <message>
        <source>window layers cache their window only</source>
        <translation>Fensterschichten halten nur ihr Fenster im Cache</translation>
    </message>
    <message>
        <source>the latent is cached, not each head</source>
        <translation>das Latent ist im Cache, nicht jeder Kopf</translation>
    </message>
    <message>
        <source>sparse attention has a second cache</source>
        <translation>Sparse Attention hat einen zweiten Cache</translation>
    </message>
    <message>
        <source>next-token layers are run</source>
        <translation>Next-Token-Schichten werden ausgeführt</translation>
    </message>
    <message>
        <source>another scratch for prefill</source>
        <translation>anderer Prefill-Puffer</translation>
    </message>
    <message>
        <source>an entry for a page of 16 tokens</source>
        <translation>ein Eintrag je Seite von 16 Tokens</translation>
    </message>
    <message>
        <source>the context is rounded up to 256 cells</source>
        <translation>der Kontext wird auf 256 Zellen aufgerundet</translation>
    </message>
    <message>
        <source>another number of sequences</source>
        <translation>eine andere Zahl von Sequenzen</translation>
    </message>
    <message>
        <source>the engines keep different states</source>
        <translation>die Engines halten verschiedene Zustände</translation>
    </message>
    <message>
        <source>a buffer for each operation, or what the graph needs at its widest</source>
        <translation>ein Puffer je Operation oder was der Graph an seiner breitesten Stelle braucht</translation>
    </message>
    <message>
        <source>another micro-batch, or other rows of logits</source>
        <translation>ein anderer Micro-Batch oder andere Logit-Zeilen</translation>
    </message>
    <message>
        <source>flash attention stores no scores</source>
        <translation>Flash Attention speichert keine Scores</translation>
    </message>
    <message>
        <source>backends pad and allocate differently</source>
        <translation>Backends füllen auf und reservieren verschieden</translation>
    </message>
    <message>
        <source>another version of the engine</source>
        <translation>eine andere Version der Engine</translation>
    </message>
    <message>
        <source>planned bytes, or allocated ones</source>
        <translation>geplante oder reservierte Byte</translation>
    </message>
    <message>
        <source>another context</source>
        <translation>ein anderer Kontext</translation>
    </message>
    <message>
        <source>Verdict and budget</source>
        <translation>Urteil und Budget</translation>
    </message>
    <message>
        <source>Engines and devices</source>
        <translation>Engines und Geräte</translation>
    </message>
    <message>
        <source>Model, chart, comparison</source>
        <translation>Modell, Diagramm, Vergleich</translation>
    </message>
    <message>
        <source>Verdict</source>
        <translation>Urteil</translation>
    </message>
    <message>
        <source>Fits: the bytes that count at the requested context, else at the automatic one, ≤ budget. On Metal with a total memory: the bytes that count ≤ total memory.</source>
        <translation>Passt: was beim angeforderten, sonst beim automatischen Kontext zählt ≤ Budget. Auf Metal mit einem Gesamtspeicher: was zählt ≤ Gesamtspeicher.</translation>
    </message>
    <message>
        <source>ZINC: its fit verdict and the start of its forward passes; src/gpu/memory_plan.zig</source>
        <translation>ZINC: sein Urteil, ob es passt, und der Start seiner Forward-Läufe; src/gpu/memory_plan.zig</translation>
    </message>
    <message>
        <source>Fits, tight, does not fit</source>
        <translation>Passt, knapp, passt nicht</translation>
    </message>
    <message>
        <source>Tight: less than 1 GiB left, or on Metal more than the working set but no more than the total memory.</source>
        <translation>Knapp: weniger als 1 GiB übrig, oder auf Metal mehr als das Working Set, aber höchstens der Gesamtspeicher.</translation>
    </message>
    <message>
        <source>ZINC: its fit verdict (OK, warning, failure)</source>
        <translation>ZINC: sein Urteil, ob es passt (OK, Warnung, Fehler)</translation>
    </message>
    <message>
        <source>ZINC counts all of it, whether it is free or not.</source>
        <translation>ZINC zählt ihn ganz, ob er frei ist oder nicht.</translation>
    </message>
    <message>
        <source>ZINC: the start of its Vulkan and Metal backends</source>
        <translation>ZINC: der Start seiner Backends für Vulkan und Metal</translation>
    </message>
    <message>
        <source>Budget on Metal: the working set</source>
        <translation>Budget auf Metal: das Working Set</translation>
    </message>
    <message>
        <source>Macs have one memory for processor and GPU. macOS recommends how much of it the GPU should use at a time: the working set. Device and host bytes both count against it. For Macs of the catalogue it is what Macs with as much memory reported on current macOS; for other sizes it is a guess, for macOS states no formula.</source>
        <translation>Macs haben einen Speicher für Prozessor und GPU. macOS empfiehlt, wie viel davon die GPU zugleich nutzen sollte: das Working Set. Bytes auf Gerät und Host zählen beide dagegen. Für Macs aus dem Katalog steht hier, was Macs mit ebenso viel Speicher unter dem aktuellen macOS gemeldet haben; für andere Größen ist es geschätzt, denn macOS nennt keine Formel.</translation>
    </message>
    <message>
        <source>Asked of the device: recommendedMaxWorkingSetSize. Of the catalogue: two thirds to 84 % of the memory; the more memory, the larger the share.</source>
        <translation>Vom Gerät erfragt: recommendedMaxWorkingSetSize. Aus dem Katalog: zwei Drittel bis 84 % des Speichers; je mehr Speicher, desto größer der Anteil.</translation>
    </message>
    <message>
        <source>Total memory</source>
        <translation>Gesamtspeicher</translation>
    </message>
    <message>
        <source>All memory of a Mac. A plan beyond the working set, but within the total, is tight; one beyond the total does not fit. Without a total, the budget takes its place.</source>
        <translation>Der ganze Speicher eines Macs. Ein Plan über dem Working Set, aber innerhalb des Gesamtspeichers ist knapp; einer darüber passt nicht. Ohne Gesamtspeicher gilt das Budget.</translation>
    </message>
    <message>
        <source>Does not fit: device bytes + host bytes &gt; total memory.</source>
        <translation>Passt nicht: Byte auf dem Gerät + Byte auf dem Host &gt; Gesamtspeicher.</translation>
    </message>
    <message>
        <source>ZINC: its fit verdict on Metal</source>
        <translation>ZINC: sein Urteil, ob es passt, auf Metal</translation>
    </message>
    <message>
        <source>Wired limit</source>
        <translation>Wired-Limit</translation>
    </message>
    <message>
        <source>On a Mac the system setting iogpu.wired_limit_mb says how much memory the GPU may hold. Raising it raises the working set, until the Mac restarts; what is left must do for everything else.</source>
        <translation>Auf einem Mac legt die Systemeinstellung iogpu.wired_limit_mb fest, wie viel Speicher die GPU halten darf. Eine höhere Grenze vergrößert das Working Set, bis der Mac neu startet; der Rest muss für alles andere reichen.</translation>
    </message>
    <message>
        <source>Working set = iogpu.wired_limit_mb × 1,048,576 bytes, once it is set.</source>
        <translation>Working Set = iogpu.wired_limit_mb × 1.048.576 Byte, sobald sie gesetzt ist.</translation>
    </message>
    <message>
        <source>Free now</source>
        <translation>Jetzt frei</translation>
    </message>
    <message>
        <source>What a device of this machine had left when it was asked, as the driver says. It changes with every program that opens a window; all of the memory does not.</source>
        <translation>Was ein Gerät dieses Rechners übrig hatte, als es gefragt wurde, nach Auskunft des Treibers. Das ändert sich mit jedem Programm, das ein Fenster öffnet; der ganze Speicher ändert sich nicht.</translation>
    </message>
    <message>
        <source>Vulkan: budget − usage of the DEVICE_LOCAL heaps (VK_EXT_memory_budget).</source>
        <translation>Vulkan: budget − usage der Heaps mit DEVICE_LOCAL (VK_EXT_memory_budget).</translation>
    </message>
    <message>
        <source>Counts against the budget</source>
        <translation>Zählt zum Budget</translation>
    </message>
    <message>
        <source>Vulkan: sum of the sizes of all DEVICE_LOCAL heaps. CUDA, ROCm: the device&apos;s memory. Metal: the working set.</source>
        <translation>Vulkan: Summe der Größen aller Heaps mit DEVICE_LOCAL. CUDA, ROCm: der Speicher des Geräts. Metal: das Working Set.</translation>
    </message>
    <message>
        <source>The bytes that take from the budget at a context. On Vulkan, CUDA and ROCm these are the bytes on the device; what lives in host memory is shown, but does not count. On Metal both count, because they are in one memory.</source>
        <translation>Die Byte, die bei einem Kontext vom Budget abgehen. Auf Vulkan, CUDA und ROCm sind es die Byte auf dem Gerät; was im Hauptspeicher liegt, wird gezeigt, zählt aber nicht. Auf Metal zählt beides, weil es in einem Speicher liegt.</translation>
    </message>
    <message>
        <source>Vulkan, CUDA, ROCm: sum of the components on the device. Metal: sum of the components on the device and on the host.</source>
        <translation>Vulkan, CUDA, ROCm: Summe der Komponenten auf dem Gerät. Metal: Summe der Komponenten auf dem Gerät und auf dem Host.</translation>
    </message>
    <message>
        <source>ZINC: src/gpu/memory_plan.zig (device-local and unified totals)</source>
        <translation>ZINC: src/gpu/memory_plan.zig (Summen device-local und unified)</translation>
    </message>
    <message>
        <source>Left, over</source>
        <translation>Übrig, zu viel</translation>
    </message>
    <message>
        <source>Left = budget − bytes that count. Below 0: over by so much.</source>
        <translation>Übrig = Budget − was zählt. Unter 0: um so viel zu viel.</translation>
    </message>
    <message>
        <source>ZINC: its headroom</source>
        <translation>ZINC: sein Spielraum (headroom)</translation>
    </message>
    <message>
        <source>Whether the model fits, what the engine does at its start, and with which context.</source>
        <translation>Ob das Modell passt, was die Engine beim Start tut, und mit welchem Kontext.</translation>
    </message>
    <message>
        <source>Tight means that it fits with little to spare, so that another program may take what is missing. The rule is the same for every engine.</source>
        <translation>Knapp heißt, dass es mit wenig Spielraum passt, sodass ein anderes Programm belegen kann, was dann fehlt. Die Regel ist für jede Engine dieselbe.</translation>
    </message>
    <message>
        <source>The memory that the engine may use. On Vulkan, CUDA and ROCm it is the memory of the device. What the desktop and other programs use is not subtracted unless “free now” is chosen.</source>
        <translation>Der Speicher, den die Engine belegen darf. Auf Vulkan, CUDA und ROCm ist es der Speicher des Geräts. Was Desktop und andere Programme belegen, wird nur abgezogen, wenn „jetzt frei“ gewählt ist.</translation>
    </message>
    <message>
        <source>What the budget has left at a context, or by how much the bytes that count are over it.</source>
        <translation>Was bei einem Kontext vom Budget übrig ist, oder um wie viel die Byte, die zählen, darüber liegen.</translation>
    </message>
    <message>
        <source>Share of the budget</source>
        <translation>Anteil am Budget</translation>
    </message>
    <message>
        <source>How much of the budget a component takes. Components in a memory that does not count have no share.</source>
        <translation>Wie viel vom Budget eine Komponente belegt. Komponenten in einem Speicher, der nicht zählt, haben keinen Anteil.</translation>
    </message>
    <message>
        <source>Share = 100 × the component&apos;s bytes ÷ budget, in percent.</source>
        <translation>Anteil = 100 × Byte der Komponente ÷ Budget, in Prozent.</translation>
    </message>
    <message>
        <source>Largest part</source>
        <translation>Größter Teil</translation>
    </message>
    <message>
        <source>The component that takes the most of what counts, at the context that is wanted: the first place to look for savings.</source>
        <translation>Die Komponente, die bei dem gewünschten Kontext am meisten von dem belegt, was zählt: die erste Stelle, um zu sparen.</translation>
    </message>
    <message>
        <source>The largest of the components that count.</source>
        <translation>Die größte der Komponenten, die zählen.</translation>
    </message>
    <message>
        <source>What grows</source>
        <translation>Was wächst</translation>
    </message>
    <message>
        <source>The component that takes more with every token of context. Weights never grow; the KV cache does, in windowed layers only up to the window.</source>
        <translation>Die Komponente, die mit jedem Token Kontext mehr belegt. Gewichte wachsen nie; der KV-Cache wächst, in Fensterschichten nur bis zum Fenster.</translation>
    </message>
    <message>
        <source>The largest of: bytes at the ceiling − bytes at the floor.</source>
        <translation>Das Größte aus: Byte an der Obergrenze − Byte an der Untergrenze.</translation>
    </message>
    <message>
        <source>What a token reads</source>
        <translation>Was ein Token liest</translation>
    </message>
    <message>
        <source>To make one more token, all weights but the experts that it does not use are read, the keys and values of the tokens before it, and the states; here at the end of the context. What is in host memory is read, and computed, there. Where the bandwidth of a memory is known, reading alone allows only so many tokens a second. That is a limit, not a forecast.</source>
        <translation>Für ein weiteres Token werden alle Gewichte gelesen außer den Experten, die es nicht verwendet, dazu Keys und Values der Tokens davor und die Zustände; hier am Ende des Kontexts. Was im Hauptspeicher liegt, wird dort gelesen und gerechnet. Wo die Bandbreite eines Speichers bekannt ist, erlaubt schon das Lesen nur so viele Tokens pro Sekunde. Das ist eine Grenze, keine Vorhersage.</translation>
    </message>
    <message>
        <source>Tokens a second ≤ 1 ÷ sum over memories of (bytes read ÷ bandwidth).</source>
        <translation>Tokens pro Sekunde ≤ 1 ÷ Summe über die Speicher von (gelesene Byte ÷ Bandbreite).</translation>
    </message>
    <message>
        <source>Estimate and its band (≈, ±)</source>
        <translation>Schätzung und ihr Band (≈, ±)</translation>
    </message>
    <message>
        <source>A number without ≈ is what the engine allocates, to the byte. An estimate says by how much it may be off either way. The chart hatches it.</source>
        <translation>Eine Zahl ohne ≈ ist, was die Engine belegt, auf das Byte genau. Eine Schätzung sagt, um wie viel sie nach oben oder unten danebenliegen kann. Das Diagramm schraffiert sie.</translation>
    </message>
    <message>
        <source>From estimate − band to estimate + band.</source>
        <translation>Von Schätzung − Band bis Schätzung + Band.</translation>
    </message>
    <message>
        <source>llama.cpp takes the context, shortens it (--fit) or fails to load.</source>
        <translation>llama.cpp nimmt den Kontext, kürzt ihn (--fit) oder lädt nicht.</translation>
    </message>
    <message>
        <source>With a margin of --fit-target, llama.cpp wants more than nothing left.</source>
        <translation>Mit einer Reserve aus --fit-target will llama.cpp mehr als nichts übrig haben.</translation>
    </message>
    <message>
        <source>Compute buffers of llama.cpp are estimated where the graph cannot be followed, for an architecture that is not known or a file that lacks a tensor, and on ROCm, where nothing was measured.</source>
        <translation>Rechenpuffer von llama.cpp werden geschätzt, wo dem Graphen nicht gefolgt werden kann, bei einer unbekannten Architektur oder einer Datei, der ein Tensor fehlt, und auf ROCm, wo nichts gemessen wurde.</translation>
    </message>
    <message>
        <source>llama.cpp: ± = estimate × 1 ÷ 2; on ROCm estimate × 1 ÷ 5.</source>
        <translation>llama.cpp: ± = Schätzung × 1 ÷ 2; auf ROCm Schätzung × 1 ÷ 5.</translation>
    </message>
    <message>
        <source>Figures that llama.cpp itself reported: tests/data/llama_cpp_memory.csv</source>
        <translation>Zahlen, die llama.cpp selbst ausgegeben hat: tests/data/llama_cpp_memory.csv</translation>
    </message>
    <message>
        <source>llama.cpp b11434: common/fit.cpp, ggml backends</source>
        <translation>llama.cpp b11434: common/fit.cpp, ggml-Backends</translation>
    </message>
    <message>
        <source>llama.cpp takes what it is told, warns beyond the model&apos;s context length, and fails to load what does not fit.</source>
        <translation>llama.cpp nimmt, was verlangt wird, warnt jenseits der Kontextlänge des Modells und lädt nicht, was nicht passt.</translation>
    </message>
    <message>
        <source>llama.cpp: as requested.</source>
        <translation>llama.cpp: wie angefordert.</translation>
    </message>
    <message>
        <source>llama.cpp fails to load where the budget does not hold it.</source>
        <translation>llama.cpp lädt nicht, wo das Budget nicht reicht.</translation>
    </message>
    <message>
        <source>llama.cpp with a cache for each sequence: 4,096 × sequences.</source>
        <translation>llama.cpp mit einem Cache je Sequenz: 4.096 × Sequenzen.</translation>
    </message>
    <message>
        <source>With llama.cpp and a cache for each sequence, each may be as long as the model allows.</source>
        <translation>Bei llama.cpp mit einem Cache je Sequenz darf jede so lang sein, wie das Modell erlaubt.</translation>
    </message>
    <message>
        <source>llama.cpp: context length × sequences with a cache of their own.</source>
        <translation>llama.cpp: Kontextlänge × Sequenzen mit eigenem Cache.</translation>
    </message>
    <message>
        <source>llama.cpp takes what each layer and each operation needs.</source>
        <translation>llama.cpp belegt, was jede Schicht und jede Operation braucht.</translation>
    </message>
    <message>
        <source>llama.cpp aligns them to 16 bytes on Vulkan, 128 on CUDA and 32 on Metal. ROCm is built from the source of CUDA.</source>
        <translation>llama.cpp richtet sie auf Vulkan an 16 Byte aus, auf CUDA an 128 und auf Metal an 32. ROCm wird aus dem Quelltext von CUDA gebaut.</translation>
    </message>
    <message>
        <source>llama.cpp pads tensors, keeps some on the host and copies others.</source>
        <translation>llama.cpp füllt Tensoren auf, behält manche auf dem Host und kopiert andere.</translation>
    </message>
    <message>
        <source>llama.cpp&apos;s plan takes an architecture that is not known for plain full attention. Ollama and LM Studio run llama.cpp with settings of their own: give those as options.</source>
        <translation>Der Plan von llama.cpp nimmt eine unbekannte Architektur als einfache volle Attention. Ollama und LM Studio führen llama.cpp mit eigenen Einstellungen aus: diese als Optionen angeben.</translation>
    </message>
    <message>
        <source>The engine&apos;s log</source>
        <translation>Log der Engine</translation>
    </message>
    <message>
        <source>The line that the engine would write for this plan, in its own words, so that it can be found in a log. “Explain a log” reads the other way: from a log to the reason.</source>
        <translation>Die Zeile, die die Engine für diesen Plan schreiben würde, in ihren eigenen Worten, damit sie in einem Log zu finden ist. „Log erklären“ geht den umgekehrten Weg: vom Log zur Ursache.</translation>
    </message>
    <message>
        <source>GiB and MiB in these lines are multiples of 1,024, as the engines print them.</source>
        <translation>GiB und MiB in diesen Zeilen sind Vielfache von 1.024, wie die Engines sie ausgeben.</translation>
    </message>
    <message>
        <source>How many tokens the engine keeps in memory at a time: prompt, chat and answer together. 128K is written for 131,072 tokens: K is 1,024.</source>
        <translation>Wie viele Token die Engine zugleich im Speicher hält: Prompt, Chat und Antwort zusammen. 128K steht für 131.072 Token: K ist 1.024.</translation>
    </message>
    <message>
        <source>Requested context</source>
        <translation>Angeforderter Kontext</translation>
    </message>
    <message>
        <source>Automatic context of ZINC</source>
        <translation>Automatischer Kontext von ZINC</translation>
    </message>
    <message>
        <source>What ZINC&apos;s server picks when no context is asked for. Only device bytes are counted for it, on Metal too. At its start the engine checks the pick against the whole budget, and trims it or refuses if that does not hold it.</source>
        <translation>Was ZINCs Server wählt, wenn kein Kontext verlangt wird. Dafür zählen nur Byte auf dem Gerät, auch auf Metal. Beim Start prüft die Engine die Wahl am ganzen Budget und kürzt sie oder verweigert den Start, wenn es nicht reicht.</translation>
    </message>
    <message>
        <source>min(⌊(⌊budget × 85 ÷ 100⌋ − weights − fixed bytes) ÷ bytes per token⌋, ceiling) tokens; rounded down to a multiple of 512; at least min(4,096, ceiling).</source>
        <translation>min(⌊(⌊Budget × 85 ÷ 100⌋ − Gewichte − feste Byte) ÷ Byte je Token⌋, Obergrenze) Token; abgerundet auf ein Vielfaches von 512; mindestens min(4.096, Obergrenze).</translation>
    </message>
    <message>
        <source>85 % of the budget</source>
        <translation>85 % des Budgets</translation>
    </message>
    <message>
        <source>The part of the budget that ZINC&apos;s automatic sizing uses; the rest is for what its plan leaves out. Only the pick keeps to it: a context that is asked for may use the whole budget.</source>
        <translation>Der Teil des Budgets, den ZINCs Automatik nutzt; der Rest ist für das, was ihr Plan auslässt. Nur die automatische Wahl hält sich daran: Ein verlangter Kontext darf das ganze Budget belegen.</translation>
    </message>
    <message>
        <source>⌊budget × 85 ÷ 100⌋ bytes.</source>
        <translation>⌊Budget × 85 ÷ 100⌋ Byte.</translation>
    </message>
    <message>
        <source>Largest context that fits, ZINC</source>
        <translation>Größter passender Kontext, ZINC</translation>
    </message>
    <message>
        <source>The longest context that the whole budget holds; one token more does not fit, unless the ceiling is the limit. 0 if weights and fixed bytes alone reach the budget: then ZINC refuses to start. From September 2026 on, what next-token layers reserve and the least prefill scratch are among the fixed bytes.</source>
        <translation>Der längste Kontext, den das ganze Budget fasst; ein Token mehr passt nicht, es sei denn, die Obergrenze ist erreicht. 0, wenn Gewichte und feste Bytes allein das Budget erreichen: Dann verweigert ZINC den Start. Seit September 2026 gehören die Reserve der Next-Token-Schichten und der kleinste Prefill-Puffer zu den festen Bytes.</translation>
    </message>
    <message>
        <source>min(⌊(budget − weights − fixed bytes) ÷ bytes per token⌋, ceiling) tokens. On Metal fixed bytes and bytes per token are those of device and host together.</source>
        <translation>min(⌊(Budget − Gewichte − feste Byte) ÷ Byte je Token⌋, Obergrenze) Token. Auf Metal sind feste Byte und Byte je Token die von Gerät und Host zusammen.</translation>
    </message>
    <message>
        <source>Automatic context of llama.cpp</source>
        <translation>Automatischer Kontext von llama.cpp</translation>
    </message>
    <message>
        <source>What --fit picks when no context is given: all that the model was trained for, if that leaves the margin free; else a point on a straight line between the bytes at the floor and those at the ceiling, but not less than the floor.</source>
        <translation>Was --fit wählt, wenn kein Kontext angegeben ist: alles, wofür das Modell trainiert wurde, wenn die Reserve dann frei bleibt; sonst einen Punkt auf einer Geraden zwischen den Byte an der Untergrenze und denen an der Obergrenze, aber nicht weniger als die Untergrenze.</translation>
    </message>
    <message>
        <source>floor + ⌊(ceiling − floor) × (budget − margin − bytes at the floor) ÷ (bytes at the ceiling − bytes at the floor)⌋ tokens, rounded down to a multiple of 256. Bytes are those on the device.</source>
        <translation>Untergrenze + ⌊(Obergrenze − Untergrenze) × (Budget − Reserve − Byte an der Untergrenze) ÷ (Byte an der Obergrenze − Byte an der Untergrenze)⌋ Token, abgerundet auf ein Vielfaches von 256. Gemeint sind Byte auf dem Gerät.</translation>
    </message>
    <message>
        <source>Left free (--fit-target)</source>
        <translation>Bleibt frei (--fit-target)</translation>
    </message>
    <message>
        <source>Memory that --fit leaves free on the device when it picks a context, 1,024 MiB by default. One number is for all devices; several are for one each. A context that is asked for need not leave it.</source>
        <translation>Speicher, den --fit auf dem Gerät frei lässt, wenn es einen Kontext wählt, normalerweise 1.024 MiB. Eine Zahl gilt für alle Geräte; mehrere gelten für je eines. Ein verlangter Kontext muss ihn nicht frei lassen.</translation>
    </message>
    <message>
        <source>Automatic sizing uses: budget − --fit-target × 1,048,576 bytes, at least 0.</source>
        <translation>Die Automatik nutzt: Budget − --fit-target × 1.048.576 Byte, mindestens 0.</translation>
    </message>
    <message>
        <source>Largest context that fits, llama.cpp</source>
        <translation>Größter passender Kontext, llama.cpp</translation>
    </message>
    <message>
        <source>The longest context with which everything stays on the device and the margin of --fit-target stays free. With more, --fit moves layers or experts to host memory, or, where it may not, the floor is held without the margin. It is searched for, because compute buffers follow no straight line. Where the device&apos;s largest buffer is known, no tensor may exceed it.</source>
        <translation>Der längste Kontext, mit dem alles auf dem Gerät bleibt und die Reserve von --fit-target frei bleibt. Bei mehr verschiebt --fit Schichten oder Experten in den Hauptspeicher; wo es das nicht darf, wird das Mindestmaß auch ohne Reserve gehalten. Er wird gesucht, weil Rechenpuffer keiner geraden Linie folgen. Wo der größte Puffer des Geräts bekannt ist, darf kein Tensor größer sein.</translation>
    </message>
    <message>
        <source>The largest context with: bytes that count ≤ budget − margin, and largest tensor ≤ largest buffer.</source>
        <translation>Der größte Kontext mit: was zählt ≤ Budget − Reserve und größter Tensor ≤ größter Puffer.</translation>
    </message>
    <message>
        <source>Planned for: the requested context; without a request the automatic one.</source>
        <translation>Geplant wird für: den angeforderten Kontext; ohne Anfrage den automatischen.</translation>
    </message>
    <message>
        <source>The context that you ask for.</source>
        <translation>Der Kontext, der verlangt wird.</translation>
    </message>
    <message>
        <source>As it is asked for; 0 leaves the choice to the engine.</source>
        <translation>Wie er verlangt wird; 0 überlässt der Engine die Wahl.</translation>
    </message>
    <message>
        <source>Automatic sizing never picks fewer tokens, unless the model declares fewer. It is no promise that so long a context fits.</source>
        <translation>Die Automatik wählt nie weniger Token, außer das Modell nennt weniger. Das ist kein Versprechen, dass ein so langer Kontext passt.</translation>
    </message>
    <message>
        <source>4,096 tokens.</source>
        <translation>4.096 Token.</translation>
    </message>
    <message>
        <source>The longest context that model and backend allow: what the model&apos;s header declares, 4,096 where it declares nothing.</source>
        <translation>Der längste Kontext, den Modell und Backend erlauben: was der Header des Modells nennt, 4.096, wo er nichts nennt.</translation>
    </message>
    <message>
        <source>The context length that the header declares.</source>
        <translation>Die Kontextlänge, die der Header nennt.</translation>
    </message>
    <message>
        <source>GGUF: context_length of the architecture</source>
        <translation>GGUF: context_length der Architektur</translation>
    </message>
    <message>
        <source>Used tokens</source>
        <translation>Verwendete Token</translation>
    </message>
    <message>
        <source>Tokens that the chat already holds. They take no memory beyond that of the context, but leave less of it for the next answer.</source>
        <translation>Token, die der Chat schon enthält. Sie belegen nicht mehr Speicher als der Kontext, lassen davon aber weniger für die nächste Antwort.</translation>
    </message>
    <message>
        <source>Chosen by you, from 0.</source>
        <translation>Frei gewählt, ab 0.</translation>
    </message>
    <message>
        <source>Granted completion</source>
        <translation>Gewährte Antwort</translation>
    </message>
    <message>
        <source>What the engine lets the next answer take of the context with which it started: what is asked for, or what is left if that is less.</source>
        <translation>Was die Engine die nächste Antwort von dem Kontext belegen lässt, mit dem sie gestartet ist: was verlangt wird, oder was übrig ist, wenn das weniger ist.</translation>
    </message>
    <message>
        <source>min(completion asked for, remaining tokens).</source>
        <translation>min(verlangte Antwort, verbleibende Token).</translation>
    </message>
    <message>
        <source>Target</source>
        <translation>Ziel</translation>
    </message>
    <message>
        <source>The context that the used tokens and the granted answer need together.</source>
        <translation>Der Kontext, den die verwendeten Token und die gewährte Antwort zusammen brauchen.</translation>
    </message>
    <message>
        <source>min(context at the start, used tokens + granted completion).</source>
        <translation>min(Kontext beim Start, verwendete Token + gewährte Antwort).</translation>
    </message>
    <message>
        <source>Remaining tokens</source>
        <translation>Verbleibende Token</translation>
    </message>
    <message>
        <source>What the context has left beside the used tokens.</source>
        <translation>Was vom Kontext neben den verwendeten Token übrig ist.</translation>
    </message>
    <message>
        <source>context at the start − used tokens, never below 0.</source>
        <translation>Kontext beim Start − verwendete Token, nie unter 0.</translation>
    </message>
    <message>
        <source>llama.cpp b11434: common/arg.cpp and the server&apos;s start</source>
        <translation>llama.cpp b11434: common/arg.cpp und der Start des Servers</translation>
    </message>
    <message>
        <source>Weights on the device, llama.cpp</source>
        <translation>Gewichte auf dem Gerät, llama.cpp</translation>
    </message>
    <message>
        <source>The tensors of the layers on the device, and the output. Where the file has no output tensor, a copy of the token embedding takes its place. Next-token layers are not loaded.</source>
        <translation>Die Tensoren der Schichten auf dem Gerät und die Ausgabe. Hat die Datei keinen Ausgabe-Tensor, tritt eine Kopie des Token-Embeddings an seine Stelle. Next-Token-Schichten werden nicht geladen.</translation>
    </message>
    <message>
        <source>Sum over these tensors of their bytes, each rounded up to 16 bytes on Vulkan, 128 on CUDA, 32 on Metal. On CUDA the last row of a quantised tensor is filled up to 512 elements.</source>
        <translation>Summe der Byte dieser Tensoren, jeweils aufgerundet auf 16 Byte auf Vulkan, 128 auf CUDA, 32 auf Metal. Auf CUDA wird die letzte Zeile eines quantisierten Tensors auf 512 Elemente aufgefüllt.</translation>
    </message>
    <message>
        <source>Weights on the host, llama.cpp</source>
        <translation>Gewichte auf dem Host, llama.cpp</translation>
    </message>
    <message>
        <source>Sum over these tensors of their bytes, each rounded up to 64, 32 or 32 bytes.</source>
        <translation>Summe der Byte dieser Tensoren, jeweils aufgerundet auf 64, 32 oder 32 Byte.</translation>
    </message>
    <message>
        <source>KV cache, llama.cpp</source>
        <translation>KV-Cache, llama.cpp</translation>
    </message>
    <message>
        <source>Keys and values of the tokens in the context, for each layer that attends, where its layer is. Layers with a sliding window keep no more than the window needs. Latent attention (MLA) keeps one row for all heads, and no values.</source>
        <translation>Schlüssel und Werte der Token im Kontext, für jede Schicht mit Attention, dort, wo ihre Schicht ist. Schichten mit gleitendem Fenster behalten nur, was das Fenster braucht. Latente Attention (MLA) behält eine Zeile für alle Köpfe und keine Werte.</translation>
    </message>
    <message>
        <source>Sum over layers: cells × (bytes of a K row + bytes of a V row). Cells: context, rounded up to 256; window layers: min(cells, window × sequences + micro-batch), rounded up to 256. Row: KV heads × elements a head ÷ elements a block × bytes a block.</source>
        <translation>Summe über Schichten: Zellen × (Byte einer K-Zeile + Byte einer V-Zeile). Zellen: Kontext, aufgerundet auf 256; Fensterschichten: min(Zellen, Fenster × Sequenzen + Micro-Batch), aufgerundet auf 256. Zeile: KV-Köpfe × Elemente je Kopf ÷ Elemente je Block × Byte je Block.</translation>
    </message>
    <message>
        <source>Recurrent state, llama.cpp</source>
        <translation>Rekurrenter Zustand, llama.cpp</translation>
    </message>
    <message>
        <source>What recurrent layers keep instead of keys and values: a rolling part (convolution or token shift) and the state proper. It does not grow with the context, but with the number of sequences.</source>
        <translation>Was rekurrente Schichten statt Schlüsseln und Werten behalten: einen rollenden Teil (Faltung oder Token-Shift) und den eigentlichen Zustand. Er wächst nicht mit dem Kontext, aber mit der Zahl der Sequenzen.</translation>
    </message>
    <message>
        <source>Sum over recurrent layers: (rolling part + state) elements × 4 bytes × sequences. Mamba 2: (convolution − 1) × (inner + 2 × groups × state) + state × inner.</source>
        <translation>Summe über rekurrente Schichten: (rollender Teil + Zustand) Elemente × 4 Byte × Sequenzen. Mamba 2: (Faltung − 1) × (innere Breite + 2 × Gruppen × Zustand) + Zustand × innere Breite.</translation>
    </message>
    <message>
        <source>Compute buffers on the device, llama.cpp</source>
        <translation>Rechenpuffer auf dem Gerät, llama.cpp</translation>
    </message>
    <message>
        <source>llama.cpp b11434 (Vulkan) and v0.5.0 (CUDA): ggml_gallocr, as its dry run reports it</source>
        <translation>llama.cpp b11434 (Vulkan) und v0.5.0 (CUDA): ggml_gallocr, wie sein Probelauf es meldet</translation>
    </message>
    <message>
        <source>Compute buffers on the host, llama.cpp</source>
        <translation>Rechenpuffer auf dem Host, llama.cpp</translation>
    </message>
    <message>
        <source>The inputs of the graph in host memory – mask, positions, row numbers – and the looked-up embeddings. It grows with the context through the mask only.</source>
        <translation>Die Eingaben des Graphen im Hauptspeicher – Maske, Positionen, Zeilennummern – und die nachgeschlagenen Embeddings. Mit dem Kontext wächst es nur durch die Maske.</translation>
    </message>
    <message>
        <source>16 × width × micro-batch + 2 × micro-batch × cells of each mask + small inputs, in bytes (Vulkan, flash attention).</source>
        <translation>16 × Breite × Micro-Batch + 2 × Micro-Batch × Zellen jeder Maske + kleine Eingaben, in Byte (Vulkan, Flash Attention).</translation>
    </message>
    <message>
        <source>Output buffer, llama.cpp</source>
        <translation>Ausgabepuffer, llama.cpp</translation>
    </message>
    <message>
        <source>Room in host memory for what a batch answers at the start: a row of logits for each sequence, or its embedding where the model has no output.</source>
        <translation>Platz im Hauptspeicher für das, was ein Batch beim Start ergibt: eine Zeile Logits je Sequenz oder ihr Embedding, wenn das Modell keine Ausgabe hat.</translation>
    </message>
    <message>
        <source>vocabulary × sequences × 4 bytes; embeddings: width × sequences × 4 bytes.</source>
        <translation>Vokabular × Sequenzen × 4 Byte; Embeddings: Breite × Sequenzen × 4 Byte.</translation>
    </message>
    <message>
        <source>Largest buffer</source>
        <translation>Größter Puffer</translation>
    </message>
    <message>
        <source>The token embedding, in which rows are only looked up, and all tensors of layers and experts that are kept off the device. They count on Metal only.</source>
        <translation>Das Token-Embedding, in dem nur Zeilen nachgeschlagen werden, und alle Tensoren von Schichten und Experten, die nicht auf dem Gerät liegen. Sie zählen nur auf Metal.</translation>
    </message>
    <message>
        <source>What the graph of one micro-batch takes at its widest point. Memplan builds that graph operation by operation, gives each to a device or the host, and places every tensor as llama.cpp does. It differs between versions of llama.cpp.</source>
        <translation>Was der Graph eines Micro-Batches an seiner breitesten Stelle belegt. Memplan baut diesen Graphen Operation für Operation, gibt jede an ein Gerät oder den Host und platziert jeden Tensor wie llama.cpp. Es unterscheidet sich zwischen Versionen von llama.cpp.</translation>
    </message>
    <message>
        <source>Most dense models with flash attention: 2 × micro-batch × cells + 16 × micro-batch × width + max(12 × micro-batch × feed-forward width, 4 × vocabulary × rows of logits) bytes, and small inputs. Others: from the graph.</source>
        <translation>Die meisten dichten Modelle mit Flash Attention: 2 × Micro-Batch × Zellen + 16 × Micro-Batch × Breite + max(12 × Micro-Batch × Feed-Forward-Breite, 4 × Vokabular × Logit-Zeilen) Byte und kleine Eingaben. Andere: aus dem Graphen.</translation>
    </message>
    <message>
        <source>One tensor must fit into one buffer, and drivers limit how large that may be: often 4 GiB with Vulkan. A model can fail there although there is memory left. Found GPUs bring their limit; else it is not known.</source>
        <translation>Ein Tensor muss in einen Puffer passen, und Treiber begrenzen dessen Größe: bei Vulkan oft auf 4 GiB. Daran kann ein Modell scheitern, obwohl noch Speicher übrig ist. Gefundene GPUs bringen ihre Grenze mit; sonst ist sie nicht bekannt.</translation>
    </message>
    <message>
        <source>Largest tensor = max(largest tensor of the weights, K or V of one layer) ≤ limit.</source>
        <translation>Größter Tensor = max(größter Tensor der Gewichte, K oder V einer Schicht) ≤ Grenze.</translation>
    </message>
    <message>
        <source>KV cache types (--cache-type-k, --cache-type-v)</source>
        <translation>KV-Cache-Typen (--cache-type-k, --cache-type-v)</translation>
    </message>
    <message>
        <source>The type of the elements of K and of V. Smaller types take less memory and are less exact; a quantised V needs flash attention. On CUDA a quantised cache wants a 16-bit copy of one layer in the compute buffer.</source>
        <translation>Der Typ der Elemente von K und von V. Kleinere Typen belegen weniger Speicher und sind ungenauer; ein quantisiertes V braucht Flash Attention. Auf CUDA braucht ein quantisierter Cache eine Kopie einer Schicht mit 16 Bit im Rechenpuffer.</translation>
    </message>
    <message>
        <source>Bytes an element: f32 4; f16 and bf16 2; q8_0 34 ÷ 32; q5_1 24 ÷ 32; q5_0 22 ÷ 32; q4_1 20 ÷ 32; q4_0 and iq4_nl 18 ÷ 32.</source>
        <translation>Byte je Element: f32 4; f16 und bf16 2; q8_0 34 ÷ 32; q5_1 24 ÷ 32; q5_0 22 ÷ 32; q4_1 20 ÷ 32; q4_0 und iq4_nl 18 ÷ 32.</translation>
    </message>
    <message>
        <source>llama.cpp b11434: ggml&apos;s block sizes</source>
        <translation>llama.cpp b11434: die Blockgrößen von ggml</translation>
    </message>
    <message>
        <source>Flash attention (--flash-attn)</source>
        <translation>Flash Attention (--flash-attn)</translation>
    </message>
    <message>
        <source>Attention as one fused operation, which stores no scores. Without it the compute buffer holds the scores of a layer, which grow with the context, and the mask takes twice the bytes. Auto: on wherever the engine has it.</source>
        <translation>Attention als eine verschmolzene Operation, die keine Scores speichert. Ohne sie hält der Rechenpuffer die Scores einer Schicht, die mit dem Kontext wachsen, und die Maske braucht doppelt so viele Byte. Auto: an, wo die Engine sie hat.</translation>
    </message>
    <message>
        <source>Without: + 4 × heads × cells × micro-batch bytes for the scores of a layer.</source>
        <translation>Ohne: + 4 × Köpfe × Zellen × Micro-Batch Byte für die Scores einer Schicht.</translation>
    </message>
    <message>
        <source>llama.cpp b11434: llama_init_from_model; the graph of each architecture</source>
        <translation>llama.cpp b11434: llama_init_from_model; der Graph jeder Architektur</translation>
    </message>
    <message>
        <source>GPU layers (--n-gpu-layers)</source>
        <translation>GPU-Schichten (--n-gpu-layers)</translation>
    </message>
    <message>
        <source>How many layers are on the device, from the last to the first; the output counts as one. A layer&apos;s KV cache goes with it. The others are computed on the CPU, which is slower.</source>
        <translation>Wie viele Schichten auf dem Gerät liegen, von der letzten zur ersten; die Ausgabe zählt als eine. Der KV-Cache einer Schicht liegt bei ihr. Die übrigen rechnet die CPU, was langsamer ist.</translation>
    </message>
    <message>
        <source>First layer on the device = layers + 1 − --n-gpu-layers.</source>
        <translation>Erste Schicht auf dem Gerät = Schichten + 1 − --n-gpu-layers.</translation>
    </message>
    <message>
        <source>Split over GPUs (--split-mode, --tensor-split, --main-gpu)</source>
        <translation>Verteilung auf GPUs (--split-mode, --tensor-split, --main-gpu)</translation>
    </message>
    <message>
        <source>By default each GPU takes as many layers as its share of the memory that is free when the model is loaded; --tensor-split gives the shares instead, as proportions. With --split-mode none the main GPU has everything. The modes row and tensor are not planned: CUDA, HIP and Vulkan refuse the first, and of the second llama.cpp tells only the sum over all GPUs. A set share keeps --fit from moving layers.</source>
        <translation>Normalerweise nimmt jede GPU so viele Schichten, wie ihrem Anteil am Speicher entspricht, der beim Laden des Modells frei ist; --tensor-split gibt die Anteile stattdessen vor, als Verhältnis. Mit --split-mode none hat die Haupt-GPU alles. Die Arten row und tensor werden nicht geplant: Die erste lehnen CUDA, HIP und Vulkan ab, und von der zweiten nennt llama.cpp nur die Summe über alle GPUs. Ein gesetzter Anteil hält --fit davon ab, Schichten zu verschieben.</translation>
    </message>
    <message>
        <source>A layer goes to the first GPU up to which the shares sum to more than the part of the layers before it, in 32-bit floating-point numbers.</source>
        <translation>Eine Schicht kommt auf die erste GPU, bis zu der die Anteile zusammen größer sind als der Teil der Schichten vor ihr, in 32-Bit-Gleitkommazahlen.</translation>
    </message>
    <message>
        <source>Experts on the host (--n-cpu-moe, --cpu-moe)</source>
        <translation>Experten auf dem Host (--n-cpu-moe, --cpu-moe)</translation>
    </message>
    <message>
        <source>Keeps the experts of so many first layers in host memory. Experts are most of the bytes of a mixture-of-experts model, and only few are used for a token, so this costs less speed than whole layers on the host.</source>
        <translation>Hält die Experten von so vielen ersten Schichten im Hauptspeicher. Experten machen die meisten Byte eines Mixture-of-Experts-Modells aus, und nur wenige werden für ein Token verwendet; darum kostet das weniger Tempo als ganze Schichten auf dem Host.</translation>
    </message>
    <message>
        <source>On the host: tensors ffn_(up|down|gate|gate_up)_exps of layers below the number.</source>
        <translation>Auf dem Host: Tensoren ffn_(up|down|gate|gate_up)_exps von Schichten unter der Zahl.</translation>
    </message>
    <message>
        <source>Sequences (--parallel)</source>
        <translation>Sequenzen (--parallel)</translation>
    </message>
    <message>
        <source>Chats at a time: the slots of a server. They share the context. Each has a recurrent state and a row of logits of its own; window layers keep a window for each.</source>
        <translation>Chats zugleich: die Slots eines Servers. Sie teilen sich den Kontext. Jede hat einen eigenen rekurrenten Zustand und eine eigene Zeile Logits; Fensterschichten behalten für jede ein Fenster.</translation>
    </message>
    <message>
        <source>Default: llama-server 4, llama-cli 1. State and output: × sequences.</source>
        <translation>Vorgabe: llama-server 4, llama-cli 1. Zustand und Ausgabe: × Sequenzen.</translation>
    </message>
    <message>
        <source>Shared cache (--kv-unified)</source>
        <translation>Geteilter Cache (--kv-unified)</translation>
    </message>
    <message>
        <source>One KV cache for all sequences, or one for each, between which the context is divided. Auto: shared, unless a number of sequences is set.</source>
        <translation>Ein KV-Cache für alle Sequenzen oder einer für jede, zwischen denen der Kontext aufgeteilt wird. Auto: geteilt, außer eine Zahl von Sequenzen ist gesetzt.</translation>
    </message>
    <message>
        <source>Shared: cells = context rounded up to 256. One each: context ÷ sequences, rounded up to 256, times sequences.</source>
        <translation>Geteilt: Zellen = Kontext, aufgerundet auf 256. Je einer: Kontext ÷ Sequenzen, aufgerundet auf 256, mal Sequenzen.</translation>
    </message>
    <message>
        <source>Micro-batch (--ubatch-size)</source>
        <translation>Micro-Batch (--ubatch-size)</translation>
    </message>
    <message>
        <source>Tokens that are computed at once. Compute buffers grow with it in proportion; a smaller one makes reading a long prompt slower. No micro-batch is longer than the batch or the context.</source>
        <translation>Token, die auf einmal gerechnet werden. Rechenpuffer wachsen im gleichen Verhältnis; ein kleinerer macht das Lesen langer Prompts langsamer. Kein Micro-Batch ist länger als der Batch oder der Kontext.</translation>
    </message>
    <message>
        <source>min(--ubatch-size, --batch-size, context) tokens; default 512.</source>
        <translation>min(--ubatch-size, --batch-size, Kontext) Token; Vorgabe 512.</translation>
    </message>
    <message>
        <source>Batch size (--batch-size)</source>
        <translation>Batch-Größe (--batch-size)</translation>
    </message>
    <message>
        <source>Tokens that are handed over at once, and then computed micro-batch by micro-batch. It changes memory only where it is smaller than the micro-batch.</source>
        <translation>Token, die auf einmal übergeben und dann Micro-Batch für Micro-Batch gerechnet werden. Sie ändert den Speicher nur, wo sie kleiner ist als der Micro-Batch.</translation>
    </message>
    <message>
        <source>Limits the micro-batch; default 2,048 tokens.</source>
        <translation>Begrenzt den Micro-Batch; Vorgabe 2.048 Token.</translation>
    </message>
    <message>
        <source>KV cache beside its layer (--no-kv-offload)</source>
        <translation>KV-Cache jeweils bei der Schicht (--no-kv-offload)</translation>
    </message>
    <message>
        <source>By default a layer&apos;s KV cache and recurrent state are where the layer is. With --no-kv-offload they are in host memory, which saves the device&apos;s and is slower.</source>
        <translation>Normalerweise liegen KV-Cache und rekurrenter Zustand einer Schicht dort, wo die Schicht liegt. Mit --no-kv-offload liegen sie im Hauptspeicher, was den des Geräts schont und langsamer ist.</translation>
    </message>
    <message>
        <source>Off: all KV cache and recurrent state on the host.</source>
        <translation>Aus: aller KV-Cache und rekurrente Zustand auf dem Host.</translation>
    </message>
    <message>
        <source>Whole cache for window layers (--swa-full)</source>
        <translation>Ganzer Cache für Fensterschichten (--swa-full)</translation>
    </message>
    <message>
        <source>Gives layers with a sliding window a cache of the whole context, so that a prompt&apos;s beginning can be used again. It takes more memory in models with such layers, and nothing in others.</source>
        <translation>Gibt Schichten mit gleitendem Fenster einen Cache des ganzen Kontexts, sodass der Anfang eines Prompts wiederverwendet werden kann. Das kostet mehr Speicher in Modellen mit solchen Schichten und nichts in anderen.</translation>
    </message>
    <message>
        <source>On: cells of window layers = cells of the others.</source>
        <translation>An: Zellen der Fensterschichten = Zellen der anderen.</translation>
    </message>
    <message>
        <source>Program</source>
        <translation>Programm</translation>
    </message>
    <message>
        <source>The program whose defaults apply. llama-server has four slots that share one cache, and computes a row of logits for each slot; llama-cli has one sequence, and computes a row for each token of a micro-batch.</source>
        <translation>Das Programm, dessen Vorgaben gelten. llama-server hat vier Slots mit geteiltem Cache und rechnet eine Zeile Logits je Slot; llama-cli hat eine Sequenz und rechnet eine Zeile je Token eines Micro-Batch.</translation>
    </message>
    <message>
        <source>Rows of logits: llama-server = sequences, llama-cli = micro-batch.</source>
        <translation>Logit-Zeilen: llama-server = Sequenzen, llama-cli = Micro-Batch.</translation>
    </message>
    <message>
        <source>Weights of the file</source>
        <translation>Gewichte der Datei</translation>
    </message>
    <message>
        <source>Sum over all tensors: elements ÷ elements a block × bytes a block.</source>
        <translation>Summe über alle Tensoren: Elemente ÷ Elemente je Block × Byte je Block.</translation>
    </message>
    <message>
        <source>GGUF: the tensor table of the header</source>
        <translation>GGUF: die Tensortabelle des Headers</translation>
    </message>
    <message>
        <source>Tensors of the file</source>
        <translation>Tensoren der Datei</translation>
    </message>
    <message>
        <source>How many tensors the header lists, in all files of a split model together.</source>
        <translation>Wie viele Tensoren der Header nennt, in allen Dateien eines aufgeteilten Modells zusammen.</translation>
    </message>
    <message>
        <source>The count in the header; of a split model the sum over its files.</source>
        <translation>Die Anzahl im Header; bei einem aufgeteilten Modell die Summe über seine Dateien.</translation>
    </message>
    <message>
        <source>GGUF: tensor count of the header, split.tensors.count</source>
        <translation>GGUF: Tensorzahl des Headers, split.tensors.count</translation>
    </message>
    <message>
        <source>Tokens of the model</source>
        <translation>Token des Modells</translation>
    </message>
    <message>
        <source>The context length for which the model was trained, as its header declares it.</source>
        <translation>Die Kontextlänge, für die das Modell trainiert wurde, wie sein Header sie nennt.</translation>
    </message>
    <message>
        <source>context_length of the architecture; 4,096 where there is none.</source>
        <translation>context_length der Architektur; 4.096, wo es keine gibt.</translation>
    </message>
    <message>
        <source>Architecture, quantisation, layers, KV heads</source>
        <translation>Architektur, Quantisierung, Schichten, KV-Köpfe</translation>
    </message>
    <message>
        <source>What the formulas need most of the header. The quantisation is the file type that it names, or the tensor type that takes the most bytes. KV heads are the largest number that a layer has.</source>
        <translation>Was die Formeln vom Header am meisten brauchen. Die Quantisierung ist der genannte Dateityp oder der Tensortyp, der die meisten Byte belegt. KV-Köpfe sind die größte Zahl, die eine Schicht hat.</translation>
    </message>
    <message>
        <source>block_count, attention.head_count_kv, general.file_type of the header.</source>
        <translation>block_count, attention.head_count_kv, general.file_type des Headers.</translation>
    </message>
    <message>
        <source>The bytes of all tensors in the file. What an engine makes of them may differ.</source>
        <translation>Die Byte aller Tensoren der Datei. Was eine Engine daraus macht, kann abweichen.</translation>
    </message>
    <message>
        <source>GGUF: key-values of the header</source>
        <translation>GGUF: Schlüssel und Werte des Headers</translation>
    </message>
    <message>
        <source>Chart</source>
        <translation>Diagramm</translation>
    </message>
    <message>
        <source>Bytes that count over the context, a component on top of the other; the line on top is their sum. Hatched areas are estimates, the dots around the sum their band. Beyond the context that fits, the background is hatched. The budget and the context can be dragged.</source>
        <translation>Die Byte, die zählen, über dem Kontext, eine Komponente auf der anderen; die Linie oben ist ihre Summe. Schraffierte Flächen sind Schätzungen, die Punkte um die Summe ihr Band. Jenseits des passenden Kontexts ist der Hintergrund schraffiert. Budget und Kontext lassen sich ziehen.</translation>
    </message>
    <message>
        <source>At each context: the sum of the components that count.</source>
        <translation>Bei jedem Kontext: die Summe der Komponenten, die zählen.</translation>
    </message>
    <message>
        <source>Context axis</source>
        <translation>Kontextachse</translation>
    </message>
    <message>
        <source>Contexts in tokens. On the logarithmic axis each step to the right doubles them, so that short and long ones are readable. 4K is 4,096 tokens.</source>
        <translation>Kontexte in Token. Auf der logarithmischen Achse verdoppelt sie jeder Schritt nach rechts, sodass kurze und lange lesbar sind. 4K sind 4.096 Token.</translation>
    </message>
    <message>
        <source>K = 1,024 tokens, M = 1,048,576 tokens.</source>
        <translation>K = 1.024 Token, M = 1.048.576 Token.</translation>
    </message>
    <message>
        <source>Axis of bytes</source>
        <translation>Byte-Achse</translation>
    </message>
    <message>
        <source>Memory from 0 up, in GiB or GB. A budget far above the curve is not drawn to scale: its label at the top says how much it is.</source>
        <translation>Speicher ab 0, in GiB oder GB. Ein Budget weit über der Kurve ist nicht maßstäblich gezeichnet: Seine Beschriftung oben sagt, wie groß es ist.</translation>
    </message>
    <message>
        <source>1 GiB = 1,073,741,824 bytes, 1 GB = 1,000,000,000 bytes.</source>
        <translation>1 GiB = 1.073.741.824 Byte, 1 GB = 1.000.000.000 Byte.</translation>
    </message>
    <message>
        <source>Other plans</source>
        <translation>Andere Pläne</translation>
    </message>
    <message>
        <source>The other engine&apos;s plan for the same request, and plans that you pinned, as lines over the chart and rows in the table. They are compared at one context, each with its own budget.</source>
        <translation>Der Plan der anderen Engine für dieselbe Anfrage und angeheftete Pläne, als Linien im Diagramm und Zeilen in der Tabelle. Verglichen wird bei einem Kontext, jeder mit seinem eigenen Budget.</translation>
    </message>
    <message>
        <source>Against this = bytes that count of the other plan − those of this plan.</source>
        <translation>Differenz = was beim anderen Plan zählt − was bei diesem zählt.</translation>
    </message>
    <message>
        <source>Where curves cross</source>
        <translation>Wo Kurven sich kreuzen</translation>
    </message>
    <message>
        <source>The contexts from which on the other plan needs less than this one, or more. At the token before, the order is still the old one. A diamond marks them in the chart.</source>
        <translation>Die Kontexte, ab denen der andere Plan weniger braucht als dieser oder mehr. Beim Token davor gilt noch die alte Reihenfolge. Im Diagramm sind sie mit einer Raute markiert.</translation>
    </message>
    <message>
        <source>The first context at which the sign of the difference is another.</source>
        <translation>Der erste Kontext, bei dem die Differenz ein anderes Vorzeichen hat.</translation>
    </message>
    <message>
        <source>Why two plans differ</source>
        <translation>Warum sich zwei Pläne unterscheiden</translation>
    </message>
    <message>
        <source>Two plans component by component at one context, with the reasons that make each differ: another type, fewer cached layers, padding, another micro-batch.</source>
        <translation>Zwei Pläne, Komponente für Komponente bei einem Kontext, mit den Gründen für jeden Unterschied: ein anderer Typ, weniger Schichten mit Cache, Auffüllen, ein anderer Micro-Batch.</translation>
    </message>
    <message>
        <source>Difference = bytes of the component in the other plan − bytes in this one.</source>
        <translation>Unterschied = Byte der Komponente im anderen Plan − Byte in diesem.</translation>
    </message>
    <message>
        <source>What a change frees</source>
        <translation>Was eine Änderung freigibt</translation>
    </message>
    <message>
        <source>Each change is planned like any other request. It frees what then counts less at the same context; the context that is named fits once it is made. Sizes of other quantisations are worked out, not read.</source>
        <translation>Jede Änderung wird geplant wie jede andere Anfrage. Sie gibt frei, was dann beim selben Kontext weniger zählt; der genannte Kontext passt, sobald sie gemacht ist. Größen anderer Quantisierungen sind berechnet, nicht gelesen.</translation>
    </message>
    <message>
        <source>Frees = bytes that count now − bytes that count after the change.</source>
        <translation>Gibt frei = was jetzt zählt − was nach der Änderung zählt.</translation>
    </message>
    <message>
        <source>Solved questions</source>
        <translation>Gelöste Fragen</translation>
    </message>
    <message>
        <source>The question the other way round: the least budget, the most sequences or the best cache type for a context. Every answer is found by planning with it, so that using it gives what it says.</source>
        <translation>Die Frage andersherum: das kleinste Budget, die meisten Sequenzen oder der beste Cache-Typ für einen Kontext. Jede Antwort wird gefunden, indem mit ihr geplant wird; sie zu verwenden, ergibt also, was sie sagt.</translation>
    </message>
    <message>
        <source>Least budget = bytes that count at the context. Others: the last that fits.</source>
        <translation>Kleinstes Budget = was bei dem Kontext zählt. Andere: das Letzte, das passt.</translation>
    </message>
    <message>
        <source>Which context on which device</source>
        <translation>Welcher Kontext auf welchem Gerät</translation>
    </message>
    <message>
        <source>The same request, planned with the memory of each device of the catalogue: the context with which the engine starts, and the longest that fits.</source>
        <translation>Dieselbe Anfrage, geplant mit dem Speicher jedes Geräts aus dem Katalog: der Kontext, mit dem die Engine startet, und der längste, der passt.</translation>
    </message>
    <message>
        <source>Budget = memory of the device; everything else as requested.</source>
        <translation>Budget = Speicher des Geräts; alles andere wie angefordert.</translation>
    </message>
    <message>
        <source>Models on this computer</source>
        <translation>Modelle auf diesem Rechner</translation>
    </message>
    <message>
        <source>Files in the folders in which LM Studio, Ollama, Hugging Face and other programs keep models, and in folders that you keep in the library. Each is planned for the machine and the options at the left, as if it were open. “Largest” is the longest context that fits with nothing moved to other memory. A header is read again when size or time of its file has changed.</source>
        <translation>Dateien in den Ordnern, in denen LM Studio, Ollama, Hugging Face und andere Programme Modelle aufbewahren, und in Ordnern, die Sie in der Bibliothek behalten. Jedes wird für die Maschine und die Optionen links geplant, als wäre es geöffnet. „Größter“ ist der längste Kontext, der passt, ohne dass etwas in anderen Speicher kommt. Ein Header wird neu gelesen, wenn sich Größe oder Zeit seiner Datei geändert haben.</translation>
    </message>
    <message>
        <source>Tensor data are as the header says, whether they are there or not. The model&apos;s card says what was assumed about the open model.</source>
        <translation>Die Tensordaten sind so, wie der Header sagt, ob sie da sind oder nicht. Die Karte des Modells sagt, was über das geöffnete Modell angenommen wurde.</translation>
    </message>
    <message>
        <source>One plan for each model; the rows in sight come first.</source>
        <translation>Ein Plan für jedes Modell; die sichtbaren Zeilen kommen zuerst.</translation>
    </message>
    <message>
        <source>What is left out</source>
        <translation>Was ausgelassen ist</translation>
    </message>
    <message>
        <source>The driver&apos;s own memory (a CUDA context takes roughly 100 to 550 MiB), fragmentation, descriptor and query pools. What is loaded beside the model, and what a server keeps in host memory while it serves, have articles of their own.</source>
        <translation>Der eigene Speicher des Treibers (ein CUDA-Kontext braucht etwa 100 bis 550 MiB), Fragmentierung, Descriptor- und Query-Pools. Was neben dem Modell geladen wird und was ein Server im Betrieb im Hauptspeicher hält, steht in eigenen Artikeln.</translation>
    </message>
    <message>
        <source>Leave room for them: less than 1 GiB left is called tight.</source>
        <translation>Dafür Platz lassen: Weniger als 1 GiB übrig heißt knapp.</translation>
    </message>
    <message>
        <source>ZINC: what its plan leaves out by its own word</source>
        <translation>ZINC: was sein Plan nach eigener Angabe auslässt</translation>
    </message>
    <message>
        <source>What is assumed</source>
        <translation>Was angenommen wird</translation>
    </message>
    <message>
        <source>No formula of its own: a notice in the model&apos;s card for each assumption.</source>
        <translation>Keine eigene Formel: ein Hinweis in der Karte des Modells für jede Annahme.</translation>
    </message>
    <message>
        <source>ZINC (June 2026): src/gpu/memory_plan.zig</source>
        <translation>ZINC (Juni 2026): src/gpu/memory_plan.zig</translation>
    </message>
    <message>
        <source>ZINC (September 2026): its authors&apos; notes on contexts and next-token layers</source>
        <translation>ZINC (September 2026): Notizen der Autoren über Kontexte und Next-Token-Schichten</translation>
    </message>
    <message>
        <source>No formula of its own: it decides which formulas apply.</source>
        <translation>Keine eigene Formel: Sie entscheidet, welche Formeln gelten.</translation>
    </message>
    <message>
        <source>The program that runs the model. Each plans its memory its own way.</source>
        <translation>Das Programm, das das Modell ausführt. Jedes plant seinen Speicher auf eigene Weise.</translation>
    </message>
    <message>
        <source>The interface through which the engine reaches the GPU. It decides which memory counts, and how tensors are padded.</source>
        <translation>Die Schnittstelle, über die die Engine die GPU erreicht. Sie entscheidet, welcher Speicher zählt und wie Tensoren aufgefüllt werden.</translation>
    </message>
    <message>
        <source>Vulkan, CUDA, ROCm: the device&apos;s memory counts. Metal: device and host memory count.</source>
        <translation>Vulkan, CUDA, ROCm: Der Speicher des Geräts zählt. Metal: Speicher von Gerät und Host zählt.</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>Gerät</translation>
    </message>
    <message>
        <source>A GPU or a Mac. Choosing one sets the budget to its memory, and the largest buffer where the driver names it. This machine&apos;s are asked for in a process of its own, so that a broken driver takes nothing with it; others come from a catalogue.</source>
        <translation>Eine GPU oder ein Mac. Die Wahl setzt das Budget auf den Speicher des Geräts und den größten Puffer, wo der Treiber ihn nennt. Die Geräte dieses Rechners werden in einem eigenen Prozess erfragt, damit ein kaputter Treiber nichts mitreißt; andere kommen aus einem Katalog.</translation>
    </message>
    <message>
        <source>Budget = the device&apos;s memory, all of it or what is free now.</source>
        <translation>Budget = der Speicher des Geräts, der ganze oder der jetzt freie.</translation>
    </message>
    <message>
        <source>Vulkan: heaps with DEVICE_LOCAL; Metal: recommendedMaxWorkingSetSize</source>
        <translation>Vulkan: Heaps mit DEVICE_LOCAL; Metal: recommendedMaxWorkingSetSize</translation>
    </message>
    <message>
        <source>Weights, ZINC</source>
        <translation>Gewichte, ZINC</translation>
    </message>
    <message>
        <source>The tensors of the file, all on the device. ZINC itself takes the IQ and ternary types for zero bytes; here they count at their real size.</source>
        <translation>Die Tensoren der Datei, alle auf dem Gerät. ZINC selbst rechnet für die IQ- und die ternären Typen null Byte; hier zählen sie mit ihrer wirklichen Größe.</translation>
    </message>
    <message>
        <source>Sum over all tensors: elements ÷ elements a block × bytes a block, no padding.</source>
        <translation>Summe über alle Tensoren: Elemente ÷ Elemente je Block × Byte je Block, ohne Auffüllen.</translation>
    </message>
    <message>
        <source>KV cache, ZINC</source>
        <translation>KV-Cache, ZINC</translation>
    </message>
    <message>
        <source>Keys and values of every token in the context. The version of June 2026 plans them for every layer, whether it attends or not, in 32 bits; those of September 2026 for attending layers and next-token layers, on Vulkan in 16 bits.</source>
        <translation>Keys und Values jedes Tokens im Kontext. Die Version vom Juni 2026 plant sie für jede Schicht, ob mit Attention oder nicht, in 32 Bit; die vom September 2026 für Attention-Schichten und Next-Token-Schichten, auf Vulkan in 16 Bit.</translation>
    </message>
    <message>
        <source>What a hybrid or recurrent model keeps instead of keys and values. ZINC plans it for every layer, also for those that attend; from September 2026 on not for next-token layers. It does not grow with the context.</source>
        <translation>Was ein hybrides oder rekurrentes Modell anstelle von Keys und Values behält. ZINC plant es für jede Schicht, auch für die mit Attention; seit September 2026 nicht für Next-Token-Schichten. Es wächst nicht mit dem Kontext.</translation>
    </message>
    <message>
        <source>Room for what is computed for one token: activations, logits, the widest feed-forward network. It does not depend on the context. A dense model pays for 8 experts, too. Prefill scratch and the reserve of next-token layers are counted here.</source>
        <translation>Platz für das, was für ein Token berechnet wird: Aktivierungen, Logits, das breiteste Feed-Forward-Netz. Er hängt nicht vom Kontext ab. Auch ein dichtes Modell zahlt für 8 Experten. Prefill-Puffer und Reserve der Next-Token-Schichten zählen hier mit.</translation>
    </message>
    <message>
        <source>The ZINC whose plan is followed, by its day. 2026-09-08 (commit 30c0f9b4) caches attending layers and next-token layers only, on Vulkan with 2 bytes an element: often a fraction of what June plans. 2026-09-12 (7db40a1b) also reserves scratch for prefill, has an 8-bit cache, and keeps a checkpoint of the recurrent state. All size an automatic context from 85 % of the budget; until 7 September the command-line program took all of it. ZINC on CUDA and ROCm is not planned: how it sizes its slots there is not published.</source>
        <translation>Das ZINC, dessen Plan befolgt wird, nach seinem Tag. 2026-09-08 (Commit 30c0f9b4) legt nur Attention-Schichten und Next-Token-Schichten in den Cache, auf Vulkan mit 2 Bytes je Element: oft ein Bruchteil dessen, was der Juni plant. 2026-09-12 (7db40a1b) reserviert außerdem einen Prefill-Puffer, hat einen 8-Bit-Cache und behält einen Checkpoint des rekurrenten Zustands. Alle bemessen einen automatischen Kontext nach 85 % des Budgets; bis zum 7. September nahm das Kommandozeilenprogramm alles. ZINC auf CUDA und ROCm wird nicht geplant: Wie es seine Slots dort bemisst, ist nicht veröffentlicht.</translation>
    </message>
    <message>
        <source>Cached layers of September: ⌊(blocks − next-token layers) ÷ attention interval⌋ + next-token layers; all layers where the interval is 0 or 1. As many next-token layers as blocks, or more, are ignored. Blocks are all layers of the file.</source>
        <translation>Schichten im Cache im September: ⌊(Blöcke − Next-Token-Schichten) ÷ Attention-Intervall⌋ + Next-Token-Schichten; alle Schichten, wenn das Intervall 0 oder 1 ist. Gibt es mindestens so viele Next-Token-Schichten wie Blöcke, werden sie ignoriert. Blöcke sind alle Schichten der Datei.</translation>
    </message>
    <message>
        <source>ZINC (September 2026): kv_layer_count, config.zig</source>
        <translation>ZINC (September 2026): kv_layer_count, config.zig</translation>
    </message>
    <message>
        <source>KV cache type of ZINC</source>
        <translation>Typ des KV-Caches von ZINC</translation>
    </message>
    <message>
        <source>How ZINC stores keys and values on Vulkan, from September 2026 on. The 8-bit cache came on 12 September; its kernels need heads of 256 elements. What a version or backend does not have is ignored, as ZINC does.</source>
        <translation>Wie ZINC seit September 2026 Keys und Values auf Vulkan speichert. Der 8-Bit-Cache kam am 12. September; seine Kernel brauchen Köpfe von 256 Elementen. Was eine Version oder ein Backend nicht hat, wird ignoriert, wie ZINC selbst es tut.</translation>
    </message>
    <message>
        <source>Bytes for 32 elements: f32 128 (ZINC_KV_F16=0), f16 64 (the usual), q8 36 (ZINC_KV_Q8=1).</source>
        <translation>Bytes für 32 Elemente: f32 128 (ZINC_KV_F16=0), f16 64 (üblich), q8 36 (ZINC_KV_Q8=1).</translation>
    </message>
    <message>
        <source>Next-token layers of ZINC (ZINC_MTP)</source>
        <translation>Next-Token-Schichten von ZINC (ZINC_MTP)</translation>
    </message>
    <message>
        <source>Layers at the end of the file that predict further tokens. On Vulkan they are on by default: they have a KV cache, and a reserve on the device from the start. Turned off, their weights are not uploaded. The rows of the reserve are documented; the rest is derived from the largest contexts that are published for Qwen3.8-27B, so it is an estimate with a band. An automatic context does not count it.</source>
        <translation>Schichten am Ende der Datei, die weitere Tokens vorhersagen. Auf Vulkan sind sie üblicherweise an: Sie haben einen KV-Cache und vom Start an eine Reserve auf dem Gerät. Ausgeschaltet, werden ihre Gewichte nicht hochgeladen. Die Zeilen der Reserve sind dokumentiert; der Rest ist aus den größten Kontexten abgeleitet, die für Qwen3.8-27B veröffentlicht sind, also eine Schätzung mit einer Spanne. Ein automatischer Kontext zählt sie nicht mit.</translation>
    </message>
    <message>
        <source>32,768 × width × 4 bytes + 2 × recurrent state + 455 × width × 4 bytes. Band: 2 × the state of attending layers + the last term.</source>
        <translation>32.768 × Breite × 4 Bytes + 2 × rekurrenter Zustand + 455 × Breite × 4 Bytes. Spanne: 2 × der Zustand der Attention-Schichten + der letzte Summand.</translation>
    </message>
    <message>
        <source>Prefill scratch of ZINC (ZINC_PREFILL_SCRATCH_MB)</source>
        <translation>Prefill-Puffer von ZINC (ZINC_PREFILL_SCRATCH_MB)</translation>
    </message>
    <message>
        <source>What ZINC of 12 September 2026 reserves on Vulkan to read long prompts in large chunks. Where a context needs the room, it is given back before the context is trimmed; how much then stays is published for Qwen3.8-27B only, so that is an estimate with a band. An automatic context does not count it.</source>
        <translation>Was ZINC vom 12. September 2026 auf Vulkan reserviert, um lange Prompts in großen Stücken zu lesen. Braucht ein Kontext den Platz, wird er zurückgegeben, bevor der Kontext gekürzt wird; wie viel dann bleibt, ist nur für Qwen3.8-27B veröffentlicht, also eine Schätzung mit einer Spanne. Ein automatischer Kontext zählt ihn nicht mit.</translation>
    </message>
    <message>
        <source>1,024 MB, down to 80 MB where the context needs the room. Here 1 MB is 1,048,576.</source>
        <translation>1.024 MB, bis hinab zu 80 MB, wo der Kontext den Platz braucht. 1 MB ist hier 1.048.576.</translation>
    </message>
    <message>
        <source>Checkpoint of ZINC</source>
        <translation>Checkpoint von ZINC</translation>
    </message>
    <message>
        <source>ZINC&apos;s server of 12 September 2026 copies the recurrent state at the end of a turn into a buffer on the device, to go back to in the next one. It comes while it serves, beyond what the start takes: about 150 MB for Qwen3.8-27B.</source>
        <translation>Der Server von ZINC vom 12. September 2026 kopiert den rekurrenten Zustand am Ende eines Gesprächszugs in einen Puffer auf dem Gerät, um im nächsten dahin zurückzukehren. Er kommt im Betrieb zu dem hinzu, was der Start braucht: etwa 150 MB bei Qwen3.8-27B.</translation>
    </message>
    <message>
        <source>Recurrent state × layers that do not attend ÷ layers.</source>
        <translation>Rekurrenter Zustand × Schichten ohne Attention ÷ Schichten.</translation>
    </message>
    <message>
        <source>ZINC sizes the context, holds its floor, trims the context or refuses to start.</source>
        <translation>ZINC bemisst den Kontext, hält seine Untergrenze, kürzt den Kontext oder verweigert den Start.</translation>
    </message>
    <message>
        <source>It is the rule of ZINC&apos;s own fit verdict.</source>
        <translation>Es ist die Regel von ZINCs eigenem Urteil.</translation>
    </message>
    <message>
        <source>ZINC: the start of its Metal backend</source>
        <translation>ZINC: der Start seines Metal-Backends</translation>
    </message>
    <message>
        <source>ZINC: the messages of its start</source>
        <translation>ZINC: die Meldungen beim Start</translation>
    </message>
    <message>
        <source>ZINC: at most the ceiling.</source>
        <translation>ZINC: höchstens die Obergrenze.</translation>
    </message>
    <message>
        <source>ZINC takes no more than the ceiling, and trims what does not fit.</source>
        <translation>ZINC nimmt höchstens die Obergrenze und kürzt, was nicht passt.</translation>
    </message>
    <message>
        <source>ZINC: min(requested, ceiling).</source>
        <translation>ZINC: min(angefordert, Obergrenze).</translation>
    </message>
    <message>
        <source>ZINC starts with less where the whole budget does not hold it.</source>
        <translation>ZINC startet mit weniger, wo das ganze Budget nicht reicht.</translation>
    </message>
    <message>
        <source>With ZINC on Metal it is at most 262,144 tokens.</source>
        <translation>Bei ZINC auf Metal sind es höchstens 262.144 Token.</translation>
    </message>
    <message>
        <source>ZINC: min(context length, 262,144 on Metal).</source>
        <translation>ZINC: min(Kontextlänge, 262.144 auf Metal).</translation>
    </message>
    <message>
        <source>ZINC plans with one formula for all models.</source>
        <translation>ZINC plant mit einer Formel für alle Modelle.</translation>
    </message>
    <message>
        <source>tokens × layers × KV heads × elements a head × bytes an element × 2 (K and V). Allocated on Metal: attending layers only, and rows of ⌊KV width ÷ 32⌋ × 34 bytes where heads are multiples of 32.</source>
        <translation>Token × Schichten × KV-Köpfe × Elemente je Kopf × Byte je Element × 2 (K und V). Reserviert auf Metal: nur Attention-Schichten und Zeilen von ⌊KV-Breite ÷ 32⌋ × 34 Byte, wo Köpfe Vielfache von 32 sind.</translation>
    </message>
    <message>
        <source>Recurrent state, ZINC</source>
        <translation>Rekurrenter Zustand, ZINC</translation>
    </message>
    <message>
        <source>layers × ((convolution − 1) × channels + rank × ⌊inner ÷ rank⌋²) × 4 bytes, with channels = inner + 2 × groups × state. 0 without inner width or rank.</source>
        <translation>Schichten × ((Faltung − 1) × Kanäle + Rang × ⌊innere Breite ÷ Rang⌋²) × 4 Byte, mit Kanäle = innere Breite + 2 × Gruppen × Zustand. 0 ohne innere Breite oder Rang.</translation>
    </message>
    <message>
        <source>Compute buffers, ZINC</source>
        <translation>Rechenpuffer, ZINC</translation>
    </message>
    <message>
        <source>6 × hidden + logits + q + 2 × kv + attention output + 3 × gate + down + router, each in 4 bytes an element; gate = max(widest layer, experts used × inner width).</source>
        <translation>6 × hidden + Logits + q + 2 × kv + Attention-Ausgabe + 3 × gate + down + Router, jeweils mit 4 Byte je Element; gate = max(breiteste Schicht, verwendete Experten × innere Breite).</translation>
    </message>
    <message>
        <source>Staging buffers, ZINC</source>
        <translation>Staging-Puffer, ZINC</translation>
    </message>
    <message>
        <source>Buffers in host memory through which results come back from the GPU. They count on Metal only. They do not depend on the context.</source>
        <translation>Puffer im Hauptspeicher, über die Ergebnisse von der GPU zurückkommen. Sie zählen nur auf Metal. Sie hängen nicht vom Kontext ab.</translation>
    </message>
    <message>
        <source>logits + hidden + router + max(hidden, inner) in 4 bytes an element, + experts used × 8 bytes.</source>
        <translation>Logits + hidden + Router + max(hidden, innere Breite) mit 4 Byte je Element, + verwendete Experten × 8 Byte.</translation>
    </message>
    <message>
        <source>Page table, ZINC</source>
        <translation>Seitentabelle, ZINC</translation>
    </message>
    <message>
        <source>The list in host memory that says where each token&apos;s keys and values are. Vulkan allocates an entry for 16 tokens, although one a token is planned.</source>
        <translation>Die Liste im Hauptspeicher, die sagt, wo Schlüssel und Werte jedes Tokens liegen. Vulkan reserviert einen Eintrag für 16 Token, obwohl einer je Token geplant ist.</translation>
    </message>
    <message>
        <source>Planned: tokens × 4 bytes. Allocated on Vulkan: ⌈tokens ÷ 16⌉ × 4 bytes.</source>
        <translation>Geplant: Token × 4 Byte. Reserviert auf Vulkan: ⌈Token ÷ 16⌉ × 4 Byte.</translation>
    </message>
    <message>
        <source>Version of ZINC</source>
        <translation>Version von ZINC</translation>
    </message>
    <message>
        <source>Accounting: planned or allocated</source>
        <translation>Zählweise: geplant oder reserviert</translation>
    </message>
    <message>
        <source>The bytes that ZINC plans with, or those that it then allocates, where they are less: KV cache on Metal, page table on Vulkan. The context is always sized by the plan.</source>
        <translation>Die Byte, mit denen ZINC plant, oder die, die es dann reserviert, wo es weniger sind: KV-Cache auf Metal, Seitentabelle auf Vulkan. Der Kontext wird immer nach dem Plan bemessen.</translation>
    </message>
    <message>
        <source>Changes the KV cache on Metal and the page table on Vulkan; nothing else.</source>
        <translation>Ändert den KV-Cache auf Metal und die Seitentabelle auf Vulkan; sonst nichts.</translation>
    </message>
    <message>
        <source>ZINC (June 2026): the start of its Vulkan and Metal forward passes</source>
        <translation>ZINC (Juni 2026): der Start seiner Forward-Läufe auf Vulkan und Metal</translation>
    </message>
    <message>
        <source>{component} ({place})</source>
        <translation>{component} ({place})</translation>
    </message>
    <message>
        <source>tokens of context</source>
        <translation>Token Kontext</translation>
    </message>
    <message>
        <source>cells</source>
        <translation>Zellen</translation>
    </message>
    <message>
        <source>layers</source>
        <translation>Schichten</translation>
    </message>
    <message>
        <source>KV heads</source>
        <translation>KV-Köpfe</translation>
    </message>
    <message>
        <source>elements a head</source>
        <translation>Elemente je Kopf</translation>
    </message>
    <message>
        <source>K and V</source>
        <translation>K und V</translation>
    </message>
    <message>
        <source>bytes an element</source>
        <translation>Byte je Element</translation>
    </message>
    <message>
        <source>bytes a row</source>
        <translation>Byte je Zeile</translation>
    </message>
    <message>
        <source>bytes of a K row</source>
        <translation>Byte einer K-Zeile</translation>
    </message>
    <message>
        <source>bytes of a V row</source>
        <translation>Byte einer V-Zeile</translation>
    </message>
    <message>
        <source>bytes of a further row</source>
        <translation>Byte einer weiteren Zeile</translation>
    </message>
    <message>
        <source>bytes of padding</source>
        <translation>Byte zum Auffüllen</translation>
    </message>
    <message>
        <source>elements of the state</source>
        <translation>Elemente des Zustands</translation>
    </message>
    <message>
        <source>sequences</source>
        <translation>Sequenzen</translation>
    </message>
    <message>
        <source>elements a row</source>
        <translation>Elemente je Zeile</translation>
    </message>
    <message>
        <source>tokens a page</source>
        <translation>Token je Seite</translation>
    </message>
    <message>
        <source>bytes an entry</source>
        <translation>Byte je Eintrag</translation>
    </message>
    <message>
        <source>budget</source>
        <translation>Budget</translation>
    </message>
    <message>
        <source>percent</source>
        <translation>Prozent</translation>
    </message>
    <message>
        <source>what automatic sizing uses</source>
        <translation>was die Automatik nutzt</translation>
    </message>
    <message>
        <source>weights</source>
        <translation>Gewichte</translation>
    </message>
    <message>
        <source>weights of next-token layers</source>
        <translation>Gewichte der Next-Token-Schichten</translation>
    </message>
    <message>
        <source>fixed bytes</source>
        <translation>feste Byte</translation>
    </message>
    <message>
        <source>reserved at the start</source>
        <translation>beim Start reserviert</translation>
    </message>
    <message>
        <source>bytes per token</source>
        <translation>Byte je Token</translation>
    </message>
    <message>
        <source>floor</source>
        <translation>Untergrenze</translation>
    </message>
    <message>
        <source>ceiling</source>
        <translation>Obergrenze</translation>
    </message>
    <message>
        <source>declared by the model</source>
        <translation>vom Modell genannt</translation>
    </message>
    <message>
        <source>limit of the backend</source>
        <translation>Grenze des Backends</translation>
    </message>
    <message>
        <source>MiB left free</source>
        <translation>MiB, die frei bleiben</translation>
    </message>
    <message>
        <source>bytes a MiB</source>
        <translation>Byte je MiB</translation>
    </message>
    <message>
        <source>bytes at the floor</source>
        <translation>Byte an der Untergrenze</translation>
    </message>
    <message>
        <source>bytes at the ceiling</source>
        <translation>Byte an der Obergrenze</translation>
    </message>
    <message>
        <source>bytes</source>
        <translation>Byte</translation>
    </message>
    <message>
        <source>bytes that count</source>
        <translation>was zählt</translation>
    </message>
    <message>
        <source>asked for</source>
        <translation>verlangt</translation>
    </message>
    <message>
        <source>context at the start</source>
        <translation>Kontext beim Start</translation>
    </message>
    <message>
        <source>used</source>
        <translation>verwendet</translation>
    </message>
    <message>
        <source>remaining</source>
        <translation>verbleibend</translation>
    </message>
    <message>
        <source>granted completion</source>
        <translation>gewährte Antwort</translation>
    </message>
    <message>
        <source>largest tensor of the weights</source>
        <translation>größter Tensor der Gewichte</translation>
    </message>
    <message>
        <source>largest tensor of the KV cache</source>
        <translation>größter Tensor des KV-Caches</translation>
    </message>
    <message>
        <source>{count} tokens</source>
        <translation>{count} Token</translation>
    </message>
    <message>
        <source>({number}, down to a multiple of {step})</source>
        <translation>({number}, abgerundet auf ein Vielfaches von {step})</translation>
    </message>
    <message>
        <source>({number}, up to a multiple of {step})</source>
        <translation>({number}, aufgerundet auf ein Vielfaches von {step})</translation>
    </message>
    <message>
        <source>The file is incomplete: {detail}. The plan is for the whole model.</source>
        <translation>Die Datei ist unvollständig: {detail}. Der Plan gilt für das ganze Modell.</translation>
    </message>
    <message>
        <source>Tensor types newer than this program are sized by their distance: {detail}.</source>
        <translation>Die Größe von Tensortypen, die neuer sind als dieses Programm, folgt aus ihrem Abstand: {detail}.</translation>
    </message>
    <message>
        <source>general.alignment has an unusual type: {detail} instead of uint32.</source>
        <translation>general.alignment hat einen ungewöhnlichen Typ: {detail} statt uint32.</translation>
    </message>
    <message>
        <source>Parts of the split model are missing: {detail}. The plan is for the parts that are there.</source>
        <translation>Teile des aufgeteilten Modells fehlen: {detail}. Der Plan gilt für die vorhandenen Teile.</translation>
    </message>
    <message>
        <source>Not every engine loads this split model: {detail}.</source>
        <translation>Nicht jede Engine lädt dieses geteilte Modell: {detail}.</translation>
    </message>
    <message>
        <source>Planned from the copy of its header that is kept on this computer; whether the model has changed since is not known.</source>
        <translation>Geplant nach der Kopie des Headers auf diesem Rechner; ob sich das Modell seither geändert hat, ist nicht bekannt.</translation>
    </message>
    <message>
        <source>The file lists no tensors: weights count as zero.</source>
        <translation>Die Datei nennt keine Tensoren: Gewichte zählen als null.</translation>
    </message>
    <message>
        <source>{engine} does not run the architecture {detail}; its formulas are applied all the same.</source>
        <translation>{engine} führt die Architektur {detail} nicht aus; seine Formeln werden trotzdem angewandt.</translation>
    </message>
    <message>
        <source>{engine} does not run tensors of type {detail}.</source>
        <translation>{engine} führt Tensoren vom Typ {detail} nicht aus.</translation>
    </message>
    <message>
        <source>What {engine} reserves is an estimate here: the largest context may be up to {detail} tokens shorter or longer.</source>
        <translation>Was {engine} reserviert, ist hier geschätzt: Der größte Kontext kann bis zu {detail} Tokens kürzer oder länger sein.</translation>
    </message>
    <message>
        <source>{engine}&apos;s 8-bit KV cache needs attention heads of {detail} elements; this model&apos;s have another length.</source>
        <translation>Der 8-Bit-KV-Cache von {engine} braucht Attention-Köpfe von {detail} Elementen; die dieses Modells haben eine andere Länge.</translation>
    </message>
    <message>
        <source>{engine} does not know the architecture {detail}: planned as plain full attention.</source>
        <translation>{engine} kennt die Architektur {detail} nicht: geplant als einfache volle Attention.</translation>
    </message>
    <message>
        <source>A draft model of the architecture {detail} runs beside a target model: plan that, too.</source>
        <translation>Ein Draft-Modell der Architektur {detail} läuft neben einem Zielmodell: auch dieses planen.</translation>
    </message>
    <message>
        <source>The driver&apos;s own memory is left out: a CUDA context takes roughly 100 to 550 MiB; that of ROCm was not measured.</source>
        <translation>Der eigene Speicher des Treibers fehlt hier: Ein CUDA-Kontext braucht etwa 100 bis 550 MiB; der von ROCm wurde nicht gemessen.</translation>
    </message>
    <message>
        <source>{engine}&apos;s automatic fit takes memory to grow along a straight line: here it picks {detail} tokens, which do not fit. Ask for a context yourself.</source>
        <translation>{engine} nimmt bei der automatischen Anpassung an, dass der Speicher geradlinig wächst: Hier wählt es {detail} Token, die nicht passen. Selbst einen Kontext anfordern.</translation>
    </message>
    <message>
        <source>The file states no context length: {detail} tokens are assumed.</source>
        <translation>Die Datei nennt keine Kontextlänge: {detail} Token werden angenommen.</translation>
    </message>
    <message>
        <source>{engine} uses one device: the plan is for the first.</source>
        <translation>{engine} verwendet ein Gerät: Der Plan gilt für das erste.</translation>
    </message>
    <message>
        <source>While {engine} serves, the checkpoints of its slots may take more host memory than is left ({detail}): keep fewer, or serve fewer requests at a time.</source>
        <translation>Im Betrieb von {engine} können die Checkpoints der Slots mehr Hauptspeicher belegen, als frei bleibt ({detail}): weniger behalten oder weniger Anfragen gleichzeitig bedienen.</translation>
    </message>
    <message>
        <source>A layer lacks the tensor {detail}: {engine} cannot load the model as it is, and compute buffers are a rough estimate.</source>
        <translation>Einer Schicht fehlt der Tensor {detail}: {engine} kann das Modell so nicht laden, und die Rechenpuffer sind grob geschätzt.</translation>
    </message>
    <message numerus="yes">
        <source>{engine} does not load the {count} next-token layer unless a draft is asked for.</source>
        <comment>{engine} does not load the {count} next-token layers unless a draft is asked for.</comment>
        <translation>
            <numerusform>{engine} lädt die {count} Next-Token-Schicht nur, wenn ein Draft verlangt wird.</numerusform>
            <numerusform>{engine} lädt die {count} Next-Token-Schichten nur, wenn ein Draft verlangt wird.</numerusform>
        </translation>
    </message>
    <message>
        <source>Largest context for {budget}</source>
        <translation>Größter Kontext für {budget}</translation>
    </message>
    <message>
        <source>Budget for {context} tokens</source>
        <translation>Budget für {context} Token</translation>
    </message>
    <message>
        <source>Budget for all {context} tokens</source>
        <translation>Budget für alle {context} Token</translation>
    </message>
    <message>
        <source>Budgets together for {context} tokens</source>
        <translation>Budgets zusammen für {context} Tokens</translation>
    </message>
    <message>
        <source>Budgets together for all {context} tokens</source>
        <translation>Budgets zusammen für alle {context} Tokens</translation>
    </message>
    <message>
        <source>Most sequences that share {context} tokens</source>
        <translation>Höchstzahl von Sequenzen, die sich {context} Token teilen</translation>
    </message>
    <message>
        <source>Most sequences of {context} tokens each</source>
        <translation>Höchstzahl von Sequenzen zu je {context} Token</translation>
    </message>
    <message>
        <source>Best KV cache type for {context} tokens</source>
        <translation>Bester KV-Cache-Typ für {context} Token</translation>
    </message>
    <message>
        <source>none fits</source>
        <translation>keiner passt</translation>
    </message>
    <message>
        <source>none is enough</source>
        <translation>keines genügt</translation>
    </message>
    <message>
        <source>not even one fits</source>
        <translation>keine passt</translation>
    </message>
    <message>
        <source>none is small enough</source>
        <translation>keiner genügt</translation>
    </message>
    <message>
        <source>{tokens} tokens</source>
        <translation>{tokens} Token</translation>
    </message>
    <message>
        <source>The largest context leaves {size} free, as --fit does; the budgets leave nothing.</source>
        <translation>Der größte Kontext lässt {size} frei, wie --fit; die Budgets lassen nichts frei.</translation>
    </message>
    <message>
        <source>KV cache</source>
        <translation>KV-Cache</translation>
    </message>
    <message>
        <source>Recurrent state</source>
        <translation>Rekurrenter Zustand</translation>
    </message>
    <message>
        <source>Compute buffers</source>
        <translation>Rechenpuffer</translation>
    </message>
    <message>
        <source>Staging buffers</source>
        <translation>Staging-Puffer</translation>
    </message>
    <message>
        <source>Page table</source>
        <translation>Seitentabelle</translation>
    </message>
    <message>
        <source>Output buffer</source>
        <translation>Ausgabepuffer</translation>
    </message>
    <message>
        <source>Host</source>
        <translation>Host</translation>
    </message>
    <message>
        <source>Draft model</source>
        <translation>Entwurfsmodell</translation>
    </message>
    <message>
        <source>Next-token layers</source>
        <translation>Next-Token-Schichten</translation>
    </message>
    <message>
        <source>Projector</source>
        <translation>Projektor</translation>
    </message>
    <message>
        <source>Adapter</source>
        <translation>Adapter</translation>
    </message>
    <message>
        <source>{component} (device)</source>
        <translation>{component} (Gerät)</translation>
    </message>
    <message>
        <source>{component} (host)</source>
        <translation>{component} (Host)</translation>
    </message>
    <message>
        <source>{others} or {last}</source>
        <translation>{others} oder {last}</translation>
    </message>
    <message>
        <source>{name} · {size}</source>
        <translation>{name} · {size}</translation>
    </message>
    <message>
        <source>{part}: {component}</source>
        <translation>{part}: {component}</translation>
    </message>
    <message>
        <source>Weights are {size} of it.</source>
        <translation>Davon sind {size} Gewichte.</translation>
    </message>
    <message>
        <source>KV cache is {size} of it.</source>
        <translation>Davon sind {size} KV-Cache.</translation>
    </message>
    <message>
        <source>Recurrent state is {size} of it.</source>
        <translation>Davon sind {size} rekurrenter Zustand.</translation>
    </message>
    <message>
        <source>Compute buffers are {size} of it.</source>
        <translation>Davon sind {size} Rechenpuffer.</translation>
    </message>
    <message>
        <source>Staging buffers are {size} of it.</source>
        <translation>Davon sind {size} Staging-Puffer.</translation>
    </message>
    <message>
        <source>Page table is {size} of it.</source>
        <translation>Davon sind {size} Seitentabelle.</translation>
    </message>
    <message>
        <source>Output buffer is {size} of it.</source>
        <translation>Davon sind {size} Ausgabepuffer.</translation>
    </message>
    <message>
        <source>Weights grow the most: by {size} from {first} to {last} tokens.</source>
        <translation>Am meisten wachsen die Gewichte: um {size} von {first} bis {last} Token.</translation>
    </message>
    <message>
        <source>Recurrent state grows the most: by {size} from {first} to {last} tokens.</source>
        <translation>Am meisten wächst der rekurrente Zustand: um {size} von {first} bis {last} Token.</translation>
    </message>
    <message>
        <source>Staging buffers grow the most: by {size} from {first} to {last} tokens.</source>
        <translation>Am meisten wachsen die Staging-Puffer: um {size} von {first} bis {last} Token.</translation>
    </message>
    <message>
        <source>KV cache grows the most: by {size} from {first} to {last} tokens.</source>
        <translation>Am meisten wächst der KV-Cache: um {size} von {first} bis {last} Token.</translation>
    </message>
    <message>
        <source>Compute buffers grow the most: by {size} from {first} to {last} tokens.</source>
        <translation>Am meisten wachsen die Rechenpuffer: um {size} von {first} bis {last} Token.</translation>
    </message>
    <message>
        <source>Page table grows the most: by {size} from {first} to {last} tokens.</source>
        <translation>Am meisten wächst die Seitentabelle: um {size} von {first} bis {last} Token.</translation>
    </message>
    <message>
        <source>Output buffer grows the most: by {size} from {first} to {last} tokens.</source>
        <translation>Am meisten wächst der Ausgabepuffer: um {size} von {first} bis {last} Token.</translation>
    </message>
    <message>
        <source>The largest tensor of the weights takes {size}; one buffer may take {limit}.</source>
        <translation>Der größte Tensor der Gewichte braucht {size}; ein Puffer darf {limit} groß sein.</translation>
    </message>
    <message>
        <source>The largest tensor of the KV cache takes {size}; one buffer may take {limit}.</source>
        <translation>Der größte Tensor des KV-Caches braucht {size}; ein Puffer darf {limit} groß sein.</translation>
    </message>
    <message>
        <source>All {context} tokens that the model allows would fit in {budget} too, with {size} to spare.</source>
        <translation>Auch alle {context} Token, die das Modell erlaubt, würden in {budget} passen; {size} blieben übrig.</translation>
    </message>
    <message>
        <source>All {context} tokens that the backend allows would fit in {budget} too, with {size} to spare.</source>
        <translation>Auch alle {context} Token, die das Backend erlaubt, würden in {budget} passen; {size} blieben übrig.</translation>
    </message>
    <message>
        <source>At most {context} of the model&apos;s {ceiling} tokens fit in {budget}.</source>
        <translation>Höchstens {context} der {ceiling} Token des Modells passen in {budget}.</translation>
    </message>
    <message>
        <source>At most {context} of the backend&apos;s {ceiling} tokens fit in {budget}.</source>
        <translation>Höchstens {context} der {ceiling} Token des Backends passen in {budget}.</translation>
    </message>
    <message>
        <source>Does not fit: {pool} would need {needs} at {context} tokens, {size} over</source>
        <translation>Passt nicht: {pool} bräuchte {needs} bei {context} Token, {size} zu viel</translation>
    </message>
    <message>
        <source>Does not fit: {context} tokens need a larger buffer than the device gives</source>
        <translation>Passt nicht: {context} Token brauchen einen größeren Puffer, als das Gerät vergibt</translation>
    </message>
    <message>
        <source>Does not fit: needs {needs} at {context} tokens, more than the machine has</source>
        <translation>Passt nicht: braucht {needs} bei {context} Token, mehr als der Rechner hat</translation>
    </message>
    <message>
        <source>Does not fit: {engine} refuses to start</source>
        <translation>Passt nicht: {engine} verweigert den Start</translation>
    </message>
    <message>
        <source>Does not fit: needs {needs} at {context} tokens, {size} over</source>
        <translation>Passt nicht: braucht {needs} bei {context} Token, {size} zu viel</translation>
    </message>
    <message>
        <source>Fits tightly: {context} tokens take {size} over the working set</source>
        <translation>Passt knapp: {context} Token brauchen {size} mehr als das Working Set</translation>
    </message>
    <message>
        <source>Fits tightly: {engine} starts with {context} tokens and leaves {size}</source>
        <translation>Passt knapp: {engine} startet mit {context} Token und lässt {size} frei</translation>
    </message>
    <message>
        <source>Fits: {engine} starts with {context} tokens and leaves {size}</source>
        <translation>Passt: {engine} startet mit {context} Token und lässt {size} frei</translation>
    </message>
    <message numerus="yes">
        <source>Fits: {engine} starts with {context} tokens and {count} of {layers} layers on devices</source>
        <comment>Fits: {engine} starts with {context} tokens and {count} of {layers} layers on devices</comment>
        <translation>
            <numerusform>Passt: {engine} startet mit {context} Tokens und {count} von {layers} Schicht auf Geräten</numerusform>
            <numerusform>Passt: {engine} startet mit {context} Tokens und {count} von {layers} Schichten auf Geräten</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Fits: {engine} starts with {context} tokens and {count} of {layers} layers on the device</source>
        <comment>Fits: {engine} starts with {context} tokens and {count} of {layers} layers on the device</comment>
        <translation>
            <numerusform>Passt: {engine} startet mit {context} Tokens und {count} von {layers} Schicht auf dem Gerät</numerusform>
            <numerusform>Passt: {engine} startet mit {context} Tokens und {count} von {layers} Schichten auf dem Gerät</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Fits: {engine} starts with {context} tokens and keeps the experts of {count} layer in host memory</source>
        <comment>Fits: {engine} starts with {context} tokens and keeps the experts of {count} layers in host memory</comment>
        <translation>
            <numerusform>Passt: {engine} startet mit {context} Tokens und hält die Experten von {count} Schicht im Hauptspeicher</numerusform>
            <numerusform>Passt: {engine} startet mit {context} Tokens und hält die Experten von {count} Schichten im Hauptspeicher</numerusform>
        </translation>
    </message>
    <message>
        <source>Fits: {engine} starts with {context} tokens and other layers on each device</source>
        <translation>Passt: {engine} startet mit {context} Tokens und anders verteilten Schichten</translation>
    </message>
    <message>
        <source>The device alone would hold its part, with {size} to spare.</source>
        <translation>Das Gerät allein hätte Platz für seinen Teil; {size} blieben übrig.</translation>
    </message>
    <message>
        <source>Host memory has no room for all weights that are mapped from the file: they are read from the disk again and again.</source>
        <translation>Der Hauptspeicher hat nicht für alle Gewichte Platz, die aus der Datei eingeblendet sind: Sie werden immer wieder von der Platte gelesen.</translation>
    </message>
    <message>
        <source>Nothing grows with the context.</source>
        <translation>Nichts wächst mit dem Kontext.</translation>
    </message>
    <message>
        <source>Granted {granted} · target {target} · {remaining} remain</source>
        <translation>Gewährt {granted} · Ziel {target} · {remaining} übrig</translation>
    </message>
    <message>
        <source>All memory of the machine is {total}.</source>
        <translation>Der Rechner hat insgesamt {total} Speicher.</translation>
    </message>
    <message>
        <source>The model was trained with {context} tokens: llama.cpp warns of it.</source>
        <translation>Das Modell wurde mit {context} Token trainiert: llama.cpp gibt eine Warnung aus.</translation>
    </message>
    <message>
        <source>That is all that the model allows.</source>
        <translation>Das ist alles, was das Modell erlaubt.</translation>
    </message>
    <message>
        <source>That is all that the backend allows.</source>
        <translation>Das ist alles, was das Backend erlaubt.</translation>
    </message>
    <message>
        <source>Up to {context} tokens would leave {size} of the device free, as --fit does.</source>
        <translation>Bis zu {context} Token würden {size} des Geräts frei lassen, wie --fit.</translation>
    </message>
    <message>
        <source>85 % of the budget ({size}) does not hold {context} tokens, the whole budget does: ZINC keeps its floor.</source>
        <translation>85 % des Budgets ({size}) reichen nicht für {context} Token, das ganze Budget reicht: ZINC bleibt bei seiner Untergrenze.</translation>
    </message>
    <message>
        <source>ZINC starts with {context} tokens and logs a warning.</source>
        <translation>ZINC startet mit {context} Token und schreibt eine Warnung ins Log.</translation>
    </message>
    <message>
        <source>ZINC refuses to start: one token needs {needs} of {budget}, {size} over.</source>
        <translation>ZINC verweigert den Start: Ein Token braucht {needs} von {budget}, {size} zu viel.</translation>
    </message>
    <message>
        <source>--fit shortens the context from {ceiling} tokens to {context}, its least, and still leaves less than {size} free.</source>
        <translation>--fit kürzt den Kontext von {ceiling} Token auf {context}, das Minimum, und lässt doch weniger als {size} frei.</translation>
    </message>
    <message>
        <source>--fit shortens the context from {ceiling} tokens to leave {size} of the device free.</source>
        <translation>--fit kürzt den Kontext von {ceiling} Token, um {size} des Geräts frei zu lassen.</translation>
    </message>
    <message>
        <source>--fit moves what does not leave {free} of each device free; host memory then takes {host}.</source>
        <translation>--fit verschiebt, was keine {free} auf jedem Gerät frei lässt; der Hauptspeicher nimmt dann {host} auf.</translation>
    </message>
    <message>
        <source>--fit moves what does not leave {free} of the device free; host memory then takes {host}.</source>
        <translation>--fit verschiebt, was keine {free} auf dem Gerät frei lässt; der Hauptspeicher nimmt dann {host} auf.</translation>
    </message>
    <message>
        <source>Each token reads {reads}.</source>
        <translation>Jedes Token liest {reads}.</translation>
    </message>
    <message>
        <source>--fit takes memory to grow along a straight line: what it picks is too long here.</source>
        <translation>--fit nimmt an, dass der Speicher geradlinig wächst: Was es wählt, ist hier zu lang.</translation>
    </message>
    <message>
        <source>Even the shortest context that --fit takes is too much for these layers.</source>
        <translation>Selbst der kürzeste Kontext, den --fit nimmt, ist für diese Schichten zu viel.</translation>
    </message>
    <message>
        <source>llama.cpp does not shorten a context that is asked for: loading fails.</source>
        <translation>llama.cpp kürzt einen angeforderten Kontext nicht: Das Laden schlägt fehl.</translation>
    </message>
    <message>
        <source>{budget} together; --fit leaves {size} of each GPU free</source>
        <translation>zusammen {budget}; --fit lässt davon auf jeder GPU {size} frei</translation>
    </message>
    <message>
        <source>Solved for everything on the devices. The largest context leaves {size} free, as --fit does; the budgets leave nothing.</source>
        <translation>Gelöst für alles auf den Geräten. Der größte Kontext lässt {size} frei, wie --fit; die Budgets lassen nichts frei.</translation>
    </message>
    <message>
        <source>The device&apos;s own; what lives on the host does not count</source>
        <translation>Der Speicher des Geräts; was auf dem Host liegt, zählt nicht</translation>
    </message>
    <message>
        <source>One for device and host, both of which count</source>
        <translation>Ein Speicher für Gerät und Host, die beide zählen</translation>
    </message>
    <message>
        <source>{budget}; --fit leaves {size} of it free</source>
        <translation>{budget}; --fit lässt davon {size} frei</translation>
    </message>
    <message>
        <source>{budget} of the machine&apos;s {total}; --fit leaves {size} of it free</source>
        <translation>{budget} von {total} des Rechners; --fit lässt davon {size} frei</translation>
    </message>
    <message>
        <source>{budget}; automatic sizing uses 85 % of it, {size}</source>
        <translation>{budget}; die Automatik nutzt davon 85 %, {size}</translation>
    </message>
    <message>
        <source>{budget} of the machine&apos;s {total}; automatic sizing uses 85 % of it, {size}</source>
        <translation>{budget} von {total} des Rechners; die Automatik nutzt davon 85 %, {size}</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>Speicher</translation>
    </message>
    <message>
        <source>{size} ± {band} at {context} tokens</source>
        <translation>{size} ± {band} bei {context} Token</translation>
    </message>
    <message>
        <source>{size} at {context} tokens</source>
        <translation>{size} bei {context} Token</translation>
    </message>
    <message>
        <source>Needed</source>
        <translation>Gebraucht</translation>
    </message>
    <message>
        <source>There is</source>
        <translation>Vorhanden</translation>
    </message>
    <message>
        <source>Over by</source>
        <translation>Zu viel</translation>
    </message>
    <message>
        <source>A token reads</source>
        <translation>Ein Token liest</translation>
    </message>
    <message>
        <source>Checkpoints</source>
        <translation>Sicherungspunkte</translation>
    </message>
    <message>
        <source>Up to {size} of host memory while it serves, {entry} each</source>
        <translation>Bis zu {size} Hauptspeicher im Betrieb, je {entry}</translation>
    </message>
    <message>
        <source>Checkpoint</source>
        <translation>Checkpoint</translation>
    </message>
    <message>
        <source>{size} of the device&apos;s memory once a server has answered</source>
        <translation>{size} vom Speicher des Geräts, sobald ein Server geantwortet hat</translation>
    </message>
    <message>
        <source>Up to {size} of host memory while it serves; a full conversation is {entry}</source>
        <translation>Bis zu {size} Hauptspeicher im Betrieb; ein volles Gespräch braucht {entry}</translation>
    </message>
    <message>
        <source>Images</source>
        <translation>Bilder</translation>
    </message>
    <message>
        <source>Up to {side} × {side} pixels, {tokens} tokens each</source>
        <translation>Bis {side} × {side} Pixel, je {tokens} Token</translation>
    </message>
    <message>
        <source>{text}: {size} more in {memory}</source>
        <translation>{text}: {size} mehr in {memory}</translation>
    </message>
    <message>
        <source>{text}; only {left} are left there</source>
        <translation>{text}; dort sind nur {left} übrig</translation>
    </message>
    <message>
        <source>{size} ({component}), the device&apos;s limit is not set</source>
        <translation>{size} ({component}), die Grenze des Geräts ist nicht gesetzt</translation>
    </message>
    <message>
        <source>{size} ({component}), over the device&apos;s limit of {limit}</source>
        <translation>{size} ({component}), über der Grenze des Geräts von {limit}</translation>
    </message>
    <message>
        <source>{size} ({component}), within the device&apos;s limit of {limit}</source>
        <translation>{size} ({component}), innerhalb der Grenze des Geräts von {limit}</translation>
    </message>
    <message>
        <source>ZINC&apos;s plan is its own arithmetic: 400 random cases and 64 model files agree with what ZINC itself gives, in every field and to the byte. The largest contexts that its authors publish of September 2026 come out; the reserves of that time are derived from them, and are estimates for other models.</source>
        <translation>Der Plan von ZINC ist dessen eigene Arithmetik: 400 zufällige Fälle und 64 Modelldateien stimmen mit dem, was ZINC selbst ergibt, in jedem Feld und auf das Byte überein. Die größten Kontexte, die seine Autoren vom September 2026 veröffentlichen, kommen heraus; die Reserven dieser Zeit sind daraus abgeleitet und für andere Modelle Schätzungen.</translation>
    </message>
    <message>
        <source>The tables say by family of architectures how many configurations are exact, and how far off the others are, relative to what the engine reports. For the question whether a model fits, the table about all bytes on the device counts.</source>
        <translation>Die Tabellen sagen je Familie von Architekturen, wie viele Konfigurationen exakt sind und wie weit die anderen danebenliegen, bezogen auf das, was die Engine meldet. Für die Frage, ob ein Modell passt, zählt die Tabelle über alle Byte auf dem Gerät.</translation>
    </message>
    <message>
        <source>Device compute buffer</source>
        <translation>Rechenpuffer auf dem Gerät</translation>
    </message>
    <message>
        <source>All bytes on the device</source>
        <translation>Alle Byte auf dem Gerät</translation>
    </message>
    <message>
        <source>Host compute buffer</source>
        <translation>Rechenpuffer auf dem Host</translation>
    </message>
    <message>
        <source>backend</source>
        <translation>Backend</translation>
    </message>
    <message>
        <source>attention</source>
        <translation>Attention</translation>
    </message>
    <message>
        <source>family</source>
        <translation>Familie</translation>
    </message>
    <message>
        <source>rows</source>
        <translation>Zeilen</translation>
    </message>
    <message>
        <source>exact</source>
        <translation>exakt</translation>
    </message>
    <message>
        <source>median</source>
        <translation>Median</translation>
    </message>
    <message>
        <source>95 % within</source>
        <translation>95 % bis</translation>
    </message>
    <message>
        <source>worst</source>
        <translation>größte</translation>
    </message>
    <message>
        <source>flash</source>
        <translation>Flash</translation>
    </message>
    <message>
        <source>all</source>
        <translation>alle</translation>
    </message>
    <message>
        <source>embeddings</source>
        <translation>Embeddings</translation>
    </message>
    <message>
        <source>Gemma 3n</source>
        <translation>Gemma 3n</translation>
    </message>
    <message>
        <source>per-layer embeddings</source>
        <translation>Embeddings je Schicht</translation>
    </message>
    <message>
        <source>deepstack</source>
        <translation>Deepstack</translation>
    </message>
    <message>
        <source>compressed attention</source>
        <translation>komprimierte Attention</translation>
    </message>
    <message>
        <source>sparse latent attention</source>
        <translation>Sparse latente Attention</translation>
    </message>
    <message>
        <source>lightning attention</source>
        <translation>Lightning Attention</translation>
    </message>
    <message>
        <source>Mamba 1</source>
        <translation>Mamba 1</translation>
    </message>
    <message>
        <source>Mamba 1 with attention</source>
        <translation>Mamba 1 mit Attention</translation>
    </message>
    <message>
        <source>Mamba 2</source>
        <translation>Mamba 2</translation>
    </message>
    <message>
        <source>RWKV 6</source>
        <translation>RWKV 6</translation>
    </message>
    <message>
        <source>RWKV 7</source>
        <translation>RWKV 7</translation>
    </message>
    <message>
        <source>Mamba 2 with attention</source>
        <translation>Mamba 2 mit Attention</translation>
    </message>
    <message>
        <source>gated delta net</source>
        <translation>Gated Delta Net</translation>
    </message>
    <message>
        <source>short convolution</source>
        <translation>kurze Faltung</translation>
    </message>
    <message>
        <source>Kimi delta attention</source>
        <translation>Kimi Delta Attention</translation>
    </message>
    <message>
        <source>biased scores</source>
        <translation>Scores mit Bias</translation>
    </message>
    <message>
        <source>latent attention</source>
        <translation>latente Attention</translation>
    </message>
    <message>
        <source>experts with windows</source>
        <translation>Experten mit Fenstern</translation>
    </message>
    <message>
        <source>experts</source>
        <translation>Experten</translation>
    </message>
    <message>
        <source>dense with windows</source>
        <translation>dicht mit Fenstern</translation>
    </message>
    <message>
        <source>dense</source>
        <translation>dicht</translation>
    </message>
    <message>
        <source>no flash</source>
        <translation>ohne Flash</translation>
    </message>
    <message>
        <source>flash, layers split</source>
        <translation>Flash, Schichten aufgeteilt</translation>
    </message>
    <message>
        <source>device</source>
        <translation>Gerät</translation>
    </message>
    <message>
        <source>host</source>
        <translation>Host</translation>
    </message>
    <message>
        <source>{engine} on {backend}, budget {budget}</source>
        <translation>{engine} auf {backend}, Budget {budget}</translation>
    </message>
    <message>
        <source>log: {line}</source>
        <translation>Log: {line}</translation>
    </message>
    <message>
        <source>note: {notice}</source>
        <translation>Hinweis: {notice}</translation>
    </message>
    <message>
        <source>To keep everything on the device:</source>
        <translation>Damit alles auf dem Gerät bleibt:</translation>
    </message>
    <message>
        <source>For a longer context:</source>
        <translation>Für einen längeren Kontext:</translation>
    </message>
    <message>
        <source>What to change:</source>
        <translation>Vorschläge:</translation>
    </message>
    <message>
        <source>floor {floor}   automatic {automatic}   largest that fits {largest}   ceiling {top}</source>
        <translation>Untergrenze {floor}   automatisch {automatic}   passend bis {largest}   Obergrenze {top}</translation>
    </message>
    <message>
        <source>Solved:</source>
        <translation>Gelöst:</translation>
    </message>
    <message>
        <source>At {tokens} tokens:</source>
        <translation>Bei {tokens} Token:</translation>
    </message>
    <message>
        <source>The pattern is too long.</source>
        <translation>Das Muster ist zu lang.</translation>
    </message>
    <message>
        <source>The pattern is not a valid regular expression.</source>
        <translation>Das Muster ist kein gültiger regulärer Ausdruck.</translation>
    </message>
    <message>
        <source>Patterns with look-ahead cannot be followed here.</source>
        <translation>Mustern mit Vorausschau kann hier nicht gefolgt werden.</translation>
    </message>
    <message>
        <source>Patterns with back-references cannot be followed here.</source>
        <translation>Mustern mit Rückverweisen kann hier nicht gefolgt werden.</translation>
    </message>
    <message>
        <source>Patterns with \D, \S or \W in a class are not followed here.</source>
        <translation>Mustern mit \D, \S oder \W in einer Zeichenklasse wird hier nicht gefolgt.</translation>
    </message>
    <message>
        <source>{context} tokens would take more bytes than 64 bits can count</source>
        <translation>{context} Token nähmen mehr Bytes ein, als 64 Bit zählen können</translation>
    </message>
    <message>
        <source>Host memory</source>
        <translation>Hauptspeicher</translation>
    </message>
    <message>
        <source>Unified memory</source>
        <translation>Gemeinsamer Speicher</translation>
    </message>
    <message>
        <source>GPU</source>
        <translation>GPU</translation>
    </message>
    <message>
        <source>{number}: {device}</source>
        <translation>{number}: {device}</translation>
    </message>
    <message>
        <source>GPU {number}</source>
        <translation>GPU {number}</translation>
    </message>
    <message>
        <source>{used}, not limited</source>
        <translation>{used}, nicht begrenzt</translation>
    </message>
    <message>
        <source>{used} of {budget}</source>
        <translation>{used} von {budget}</translation>
    </message>
    <message>
        <source>{item} names no buffer</source>
        <translation>{item} nennt keinen Puffer</translation>
    </message>
    <message>
        <source>{item} names no buffer; there are: {known}</source>
        <translation>{item} nennt keinen Puffer; es gibt: {known}</translation>
    </message>
    <message>
        <source>2026-09-08 (30c0f9b4)</source>
        <translation>2026-09-08 (30c0f9b4)</translation>
    </message>
    <message>
        <source>2026-09-12 (7db40a1b)</source>
        <translation>2026-09-12 (7db40a1b)</translation>
    </message>
    <message>
        <source>ZINC&apos;s version</source>
        <translation>Version von ZINC</translation>
    </message>
    <message>
        <source>Vers&amp;ion</source>
        <translation>Ver&amp;sion</translation>
    </message>
    <message>
        <source>The ZINC whose plan is followed: from September 2026 on it caches attending layers only</source>
        <translation>Das ZINC, dessen Plan gilt: Ab September 2026 hat es einen Cache nur für Schichten mit Attention</translation>
    </message>
    <message>
        <source>Planned</source>
        <translation>Geplant</translation>
    </message>
    <message>
        <source>Allocated</source>
        <translation>Reserviert</translation>
    </message>
    <message>
        <source>ZINC&apos;s accounting</source>
        <translation>Zählweise von ZINC</translation>
    </message>
    <message>
        <source>Accountin&amp;g</source>
        <translation>Zähl&amp;weise</translation>
    </message>
    <message>
        <source>The bytes that ZINC plans with, or those that it then allocates</source>
        <translation>Die Byte, mit denen ZINC plant, oder die, die es dann reserviert</translation>
    </message>
    <message>
        <source>ZINC&apos;s KV cache type</source>
        <translation>Typ des KV-Caches von ZINC</translation>
    </message>
    <message>
        <source>KV cache type</source>
        <translation>Typ des KV-Caches</translation>
    </message>
    <message>
        <source>Type of the KV cache on Vulkan, from September 2026 on (ZINC_KV_F16, ZINC_KV_Q8)</source>
        <translation>Typ des KV-Caches auf Vulkan, seit September 2026 (ZINC_KV_F16, ZINC_KV_Q8)</translation>
    </message>
    <message>
        <source>ZINC&apos;s next-token layers</source>
        <translation>Next-Token-Schichten von ZINC</translation>
    </message>
    <message>
        <source>Predict further tokens with the file&apos;s own layers on Vulkan, from September 2026 on (ZINC_MTP): faster, for their weights, a cache and a reserve</source>
        <translation>Weitere Tokens mit eigenen Schichten der Datei vorhersagen, auf Vulkan seit September 2026 (ZINC_MTP): schneller, für ihre Gewichte, einen Cache und eine Reserve</translation>
    </message>
    <message>
        <source>ZINC&apos;s prefill scratch</source>
        <translation>Prefill-Puffer von ZINC</translation>
    </message>
    <message>
        <source>Prefill scratch</source>
        <translation>Prefill-Puffer</translation>
    </message>
    <message>
        <source>What ZINC of 12 September 2026 reserves for prefill on Vulkan (ZINC_PREFILL_SCRATCH_MB)</source>
        <translation>Was ZINC vom 12. September 2026 auf Vulkan für das Prefill reserviert (ZINC_PREFILL_SCRATCH_MB)</translation>
    </message>
    <message>
        <source>MB</source>
        <translation>MB</translation>
    </message>
    <message>
        <source>Give each file to the option of its kind: --mmproj, --model-draft or --lora.</source>
        <translation>Geben Sie jede Datei der Option ihrer Art: --mmproj, --model-draft oder --lora.</translation>
    </message>
    <message>
        <source>a projector (mmproj)</source>
        <translation>ein Projektor (mmproj)</translation>
    </message>
    <message>
        <source>an adapter (LoRA)</source>
        <translation>ein Adapter (LoRA)</translation>
    </message>
    <message>
        <source>a model</source>
        <translation>ein Modell</translation>
    </message>
    <message>
        <source>the file has no next-token layers that llama.cpp runs</source>
        <translation>die Datei hat keine Next-Token-Schichten, die llama.cpp ausführt</translation>
    </message>
    <message>
        <source>Draft K, V cache type</source>
        <translation>Entwurf: Typ von K, V</translation>
    </message>
    <message>
        <source>Type of the draft&apos;s KV cache, of K and of V (--cache-type-k-draft, --cache-type-v-draft); it does not follow the model&apos;s</source>
        <translation>Typ des KV-Caches beim Entwerfen, von K und von V (--cache-type-k-draft, --cache-type-v-draft); er folgt nicht dem des Modells</translation>
    </message>
    <message>
        <source>Projector on the device</source>
        <translation>Projektor auf dem Gerät</translation>
    </message>
    <message>
        <source>Pro&amp;jector on the device</source>
        <translation>Pro&amp;jektor auf dem Gerät</translation>
    </message>
    <message>
        <source>Keep the projector on the device, else in host memory, where images take longer (--no-mmproj-offload)</source>
        <translation>Den Projektor auf dem Gerät halten, sonst im Hauptspeicher, wo Bilder länger dauern (--no-mmproj-offload)</translation>
    </message>
    <message>
        <source>Tokens of an image</source>
        <translation>Token eines Bildes</translation>
    </message>
    <message>
        <source>Most tokens of an image</source>
        <translation>Token je Bild, höchstens</translation>
    </message>
    <message>
        <source>The most tokens that an image may take (--image-max-tokens): fewer make the projector&apos;s buffer smaller, and details lost</source>
        <translation>So viele Token darf ein Bild höchstens belegen (--image-max-tokens): weniger machen den Puffer des Projektors kleiner, doch Einzelheiten gehen verloren</translation>
    </message>
    <message>
        <source>Largest image</source>
        <translation>Größtes Bild</translation>
    </message>
    <message>
        <source>Pixels along each side of the largest image that you will send; 0: as large as the projector takes. The buffer grows when such an image comes</source>
        <translation>Pixel je Seite des größten Bilds, das Sie senden; 0: so groß, wie der Projektor es annimmt. Kommt ein solches Bild, wächst der Puffer</translation>
    </message>
    <message>
        <source>pixels</source>
        <translation>Pixel</translation>
    </message>
    <message>
        <source>None</source>
        <translation>Keines</translation>
    </message>
    <message>
        <source>Own layers</source>
        <translation>Eigene Schichten</translation>
    </message>
    <message>
        <source>Drafting</source>
        <translation>Entwerfen</translation>
    </message>
    <message>
        <source>Draft tokens with the model&apos;s own next-token layers (--spec-type): faster, for their weights, a second cache and states to go back to</source>
        <translation>Token mit den eigenen Next-Token-Schichten des Modells entwerfen (--spec-type): schneller, um den Preis ihrer Gewichte, eines zweiten Caches und von Zuständen zum Zurückgehen</translation>
    </message>
    <message>
        <source>Drafted tokens</source>
        <translation>Entworfene Token</translation>
    </message>
    <message>
        <source>Tokens that are drafted at a time (--spec-draft-n-max)</source>
        <translation>Token, die auf einmal entworfen werden (--spec-draft-n-max)</translation>
    </message>
    <message>
        <source>Draft model&apos;s GPU layers</source>
        <translation>GPU-Schichten des Entwurfs</translation>
    </message>
    <message>
        <source>Layers of the draft model on the device (--n-gpu-layers-draft)</source>
        <translation>Schichten des Entwurfsmodells auf dem Gerät (--n-gpu-layers-draft)</translation>
    </message>
    <message>
        <source>Draft&apos;s K cache type</source>
        <translation>K-Cache-Typ des Entwurfs</translation>
    </message>
    <message>
        <source>Draft&apos;s V cache type</source>
        <translation>V-Cache-Typ des Entwurfs</translation>
    </message>
    <message>
        <source>Checkpoints of a slot</source>
        <translation>Sicherungspunkte je Slot</translation>
    </message>
    <message>
        <source>States that llama-server keeps of each slot in host memory, to go back to (--ctx-checkpoints); models with window layers or a recurrent state need them</source>
        <translation>Zustände jedes Slots, die llama-server im Hauptspeicher hält, um zurückzugehen (--ctx-checkpoints); Modelle mit Fensterschichten oder rekurrentem Zustand brauchen sie</translation>
    </message>
    <message>
        <source>Prompt cache</source>
        <translation>Prompt-Cache</translation>
    </message>
    <message>
        <source>The most host memory that llama-server&apos;s cache of earlier prompts takes (--cache-ram); 0: there is none</source>
        <translation>So viel Hauptspeicher nimmt der Cache früherer Prompts von llama-server höchstens (--cache-ram); 0: es gibt keinen</translation>
    </message>
    <message>
        <source>a projector, a draft model or an adapter</source>
        <translation>ein Projektor, ein Entwurfsmodell oder ein Adapter</translation>
    </message>
    <message>
        <source>a file of another kind</source>
        <translation>eine Datei anderer Art</translation>
    </message>
    <message>
        <source>Choose a file that is loaded beside a model, such as mmproj-….gguf.</source>
        <translation>Wählen Sie eine Datei, die neben einem Modell geladen wird, etwa mmproj-….gguf.</translation>
    </message>
    <message>
        <source>Projector (--mmproj)</source>
        <translation>Projektor (--mmproj)</translation>
    </message>
    <message>
        <source>Turns images into tokens. It is loaded whole, on the first device or on the host, with a buffer for one image of the size that its kind starts with; a larger image makes the buffer grow later. --fit leaves as much more free on that device.</source>
        <translation>Macht aus Bildern Token. Er wird ganz geladen, auf dem ersten Gerät oder im Hauptspeicher, mit einem Puffer für ein Bild der Größe, mit der seine Art beginnt; ein größeres Bild lässt den Puffer später wachsen. --fit lässt auf diesem Gerät ebenso viel mehr frei.</translation>
    </message>
    <message>
        <source>Bytes of all its tensors, and the widest point of its graph for that image. Of a kind that is not followed, the buffer is an estimate.</source>
        <translation>Bytes aller seiner Tensoren und die breiteste Stelle seines Graphen für dieses Bild. Bei einer Art, der nicht gefolgt wird, ist der Puffer eine Schätzung.</translation>
    </message>
    <message>
        <source>Drafting: draft model and next-token layers</source>
        <translation>Entwerfen: Entwurfsmodell und Next-Token-Schichten</translation>
    </message>
    <message>
        <source>Something small proposes tokens, which the model checks together. A draft model is a second model with a context as long as the model&apos;s, whose cache types are its own. Next-token layers of the model&apos;s file bring their weights and a second cache; layers with a recurrent state then keep one state for each drafted token.</source>
        <translation>Etwas Kleines schlägt Token vor, die das Modell gemeinsam prüft. Ein Entwurfsmodell ist ein zweites Modell mit einem ebenso langen Kontext und eigenen Cache-Typen. Next-Token-Schichten aus der Datei des Modells bringen ihre Gewichte und einen zweiten Cache mit; Schichten mit rekurrentem Zustand halten dann einen Zustand für jedes entworfene Token.</translation>
    </message>
    <message>
        <source>Draft model: its own plan at the same context. Next-token layers: their tensors + cells × bytes of a row of their cache. Recurrent state × (1 + drafted tokens).</source>
        <translation>Entwurfsmodell: sein eigener Plan beim selben Kontext. Next-Token-Schichten: ihre Tensoren + Zellen × Bytes einer Zeile ihres Caches. Rekurrenter Zustand × (1 + entworfene Token).</translation>
    </message>
    <message>
        <source>Adapters and control vectors (--lora, --control-vector)</source>
        <translation>Adapter und Steuervektoren (--lora, --control-vector)</translation>
    </message>
    <message>
        <source>Each adapter adds two small tensors to those that it changes, in the same memory. Control vectors are added up to one row for each layer but the first. The further operations of the graph are not followed.</source>
        <translation>Jeder Adapter fügt denen, die er ändert, zwei kleine Tensoren hinzu, im selben Speicher. Steuervektoren werden zu einer Zeile für jede Schicht außer der ersten addiert. Die weiteren Operationen des Graphen werden nicht verfolgt.</translation>
    </message>
    <message>
        <source>Sum over its tensors of their bytes, rounded up as weights are. Control vectors: 4 × (layers − 1) × width.</source>
        <translation>Summe der Bytes seiner Tensoren, gerundet wie Gewichte. Steuervektoren: 4 × (Schichten − 1) × Breite.</translation>
    </message>
    <message>
        <source>Checkpoints (--ctx-checkpoints)</source>
        <translation>Sicherungspunkte (--ctx-checkpoints)</translation>
    </message>
    <message>
        <source>llama-server keeps states of each slot in host memory, to go back to. Models whose cache cannot be rolled back need them: those with window layers or a recurrent state. They come while it serves, beyond what the start takes.</source>
        <translation>llama-server hält Zustände jedes Slots im Hauptspeicher, um zurückzugehen. Modelle, deren Cache sich nicht zurückdrehen lässt, brauchen sie: solche mit Fensterschichten oder rekurrentem Zustand. Sie kommen im Betrieb dazu, über das hinaus, was der Start braucht.</translation>
    </message>
    <message>
        <source>Slots × checkpoints × (states + cells of window layers × bytes of a row).</source>
        <translation>Slots × Sicherungspunkte × (Zustände + Zellen der Fensterschichten × Bytes einer Zeile).</translation>
    </message>
    <message>
        <source>Prompt cache (--cache-ram)</source>
        <translation>Prompt-Cache (--cache-ram)</translation>
    </message>
    <message>
        <source>llama-server keeps the states of conversations that gave up their slot in host memory, up to this limit. A conversation that is larger than the limit is not kept.</source>
        <translation>llama-server hält die Zustände von Gesprächen, die ihren Slot abgegeben haben, im Hauptspeicher, bis zu dieser Grenze. Ein Gespräch, das größer ist als die Grenze, wird nicht gehalten.</translation>
    </message>
    <message>
        <source>The limit. One conversation: cells × bytes of a K and a V row, and its states.</source>
        <translation>Die Grenze. Ein Gespräch: Zellen × Bytes einer K- und einer V-Zeile, und seine Zustände.</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <source>Not read yet</source>
        <translation>Noch nicht gelesen</translation>
    </message>
    <message>
        <source>Projector, loaded beside a model</source>
        <translation>Projektor, wird neben einem Modell geladen</translation>
    </message>
    <message>
        <source>Adapter, loaded beside a model</source>
        <translation>Adapter, wird neben einem Modell geladen</translation>
    </message>
    <message>
        <source>No language model</source>
        <translation>Kein Sprachmodell</translation>
    </message>
    <message>
        <source>Download not finished</source>
        <translation>Download nicht abgeschlossen</translation>
    </message>
    <message>
        <source>Cannot be read</source>
        <translation>Nicht lesbar</translation>
    </message>
    <message>
        <source>Link to a file that is gone</source>
        <translation>Verweis auf eine fehlende Datei</translation>
    </message>
    <message>
        <source>Hidden file, not read</source>
        <translation>Versteckte Datei, nicht gelesen</translation>
    </message>
    <message numerus="yes">
        <source>{count} shard is missing</source>
        <comment>{count} shards are missing</comment>
        <translation>
            <numerusform>{count} Shard fehlt</numerusform>
            <numerusform>{count} Shards fehlen</numerusform>
        </translation>
    </message>
    <message>
        <source>{there} of {whole}</source>
        <translation>{there} von {whole}</translation>
    </message>
    <message>
        <source>{verdict} (file incomplete)</source>
        <translation>{verdict} (Datei unvollständig)</translation>
    </message>
    <message>
        <source>Not run by {engine}</source>
        <translation>{engine} führt es nicht aus</translation>
    </message>
    <message>
        <source>Fits, {size} in host memory</source>
        <translation>Passt, {size} im Hauptspeicher</translation>
    </message>
    <message>
        <source>Fits</source>
        <translation>Passt</translation>
    </message>
    <message>
        <source>Fits tightly</source>
        <translation>Passt knapp</translation>
    </message>
    <message>
        <source>Does not fit</source>
        <translation>Passt nicht</translation>
    </message>
    <message>
        <source>none</source>
        <comment>context</comment>
        <translation>keiner</translation>
    </message>
    <message>
        <source>{count} numbers are too many: at most {most}</source>
        <translation>{count} Zahlen sind zu viele: höchstens {most}</translation>
    </message>
    <message>
        <source>{word} is no number from 0</source>
        <translation>{word} ist keine Zahl ab 0</translation>
    </message>
    <message>
        <source>llama-server and llama-cli print their log in the terminal: paste it from the start.</source>
        <translation>llama-server und llama-cli schreiben ihr Protokoll ins Terminal: von Anfang an einfügen.</translation>
    </message>
    <message>
        <source>Ollama&apos;s log: “journalctl -u ollama” on Linux, ~/.ollama/logs/server.log on macOS, %LOCALAPPDATA%\Ollama\server.log on Windows, “docker logs” in a container.</source>
        <translation>Das Protokoll von Ollama: „journalctl -u ollama“ unter Linux, ~/.ollama/logs/server.log unter macOS, %LOCALAPPDATA%\Ollama\server.log unter Windows, „docker logs“ im Container.</translation>
    </message>
    <message>
        <source>LM Studio&apos;s log: the developer log in its window, or main.log in its folder of logs.</source>
        <translation>Das Protokoll von LM Studio: das Entwicklerprotokoll in seinem Fenster oder main.log in seinem Protokollordner.</translation>
    </message>
    <message>
        <source>KoboldCpp prints its log in its terminal: paste it from “Welcome to KoboldCpp”.</source>
        <translation>KoboldCpp schreibt sein Protokoll ins Terminal: ab „Welcome to KoboldCpp“ einfügen.</translation>
    </message>
    <message>
        <source>llamafile prints its log in the terminal, or writes it to llama.log.</source>
        <translation>llamafile schreibt sein Protokoll ins Terminal oder nach llama.log.</translation>
    </message>
    <message>
        <source>Jan&apos;s log: Settings, General, App Logs.</source>
        <translation>Das Protokoll von Jan: Settings, General, App Logs.</translation>
    </message>
    <message>
        <source>GPUStack&apos;s log: “View Logs” of the model&apos;s instance.</source>
        <translation>Das Protokoll von GPUStack: „View Logs“ der Modellinstanz.</translation>
    </message>
    <message>
        <source>LocalAI shows the engine&apos;s log when it is started with DEBUG=true.</source>
        <translation>LocalAI zeigt das Protokoll der Engine, wenn es mit DEBUG=true gestartet wird.</translation>
    </message>
    <message>
        <source>llama-cpp-python prints the engine&apos;s log with verbose=True.</source>
        <translation>llama-cpp-python schreibt das Protokoll der Engine mit verbose=True.</translation>
    </message>
    <message>
        <source>text-generation-webui prints its log in the terminal.</source>
        <translation>text-generation-webui schreibt sein Protokoll ins Terminal.</translation>
    </message>
    <message>
        <source>None of them starts on this machine with nothing moved to other memory.</source>
        <translation>Keine davon startet auf dieser Maschine, ohne dass etwas in anderen Speicher kommt.</translation>
    </message>
    <message>
        <source>{name} is the largest that starts whole with {tokens} tokens.</source>
        <translation>{name} ist die größte, die mit {tokens} Token ganz startet.</translation>
    </message>
    <message>
        <source>{name} is the largest that starts whole with {tokens} tokens, with a cache of type {cache}.</source>
        <translation>{name} ist die größte, die mit {tokens} Token ganz startet, mit einem Cache vom Typ {cache}.</translation>
    </message>
    <message>
        <source>{name} has the longest context of those that start whole: {tokens} tokens.</source>
        <translation>{name} hat den längsten Kontext von denen, die ganz starten: {tokens} Token.</translation>
    </message>
    <message>
        <source>Largest, {cache}</source>
        <translation>Größter, {cache}</translation>
    </message>
    <message>
        <source>ZINC, planned</source>
        <translation>ZINC, geplant</translation>
    </message>
    <message>
        <source>ZINC, allocated</source>
        <translation>ZINC, belegt</translation>
    </message>
    <message>
        <source>Split the layers {to} instead of {was}</source>
        <translation>Die Schichten {to} statt {was} aufteilen</translation>
    </message>
    <message>
        <source>Nothing: the same layers are on other GPUs.</source>
        <translation>Nichts: Dieselben Schichten liegen auf anderen GPUs.</translation>
    </message>
    <message>
        <source>Put {to} last, where the output layer is</source>
        <translation>{to} ans Ende stellen, wo die Ausgabeschicht liegt</translation>
    </message>
    <message>
        <source>Nothing: the GPUs are given in another order (--device).</source>
        <translation>Nichts: Die GPUs werden in anderer Reihenfolge angegeben (--device).</translation>
    </message>
    <message>
        <source>Leave {to} out</source>
        <translation>{to} weglassen</translation>
    </message>
    <message>
        <source>One GPU less; what is copied between GPUs is saved.</source>
        <translation>Eine GPU weniger; was zwischen GPUs kopiert wird, entfällt.</translation>
    </message>
    <message>
        <source>Of llama.cpp, weights, KV cache, recurrent state and output agree to the byte with what its dry run reports, in every configuration that was measured. Compute buffers follow from the model&apos;s graph; where they are not exact, they are estimates with a band. Metal and ROCm were not measured.</source>
        <translation>Bei llama.cpp stimmen Gewichte, KV-Cache, rekurrenter Zustand und Ausgabe auf das Byte mit dem überein, was sein Probelauf meldet, in jeder gemessenen Konfiguration. Rechenpuffer folgen aus dem Graphen des Modells; wo sie nicht exakt sind, sind es Schätzungen mit einem Band. Metal und ROCm wurden nicht gemessen.</translation>
    </message>
    <message>
        <source>Ollama: 4,096 tokens with less than 23 GiB of GPU memory, 32,768 with less than 47, else 262,144, and one request at a time; OLLAMA_CONTEXT_LENGTH, OLLAMA_NUM_PARALLEL and OLLAMA_KV_CACHE_TYPE are followed. How it places layers that do not fit is not planned.</source>
        <translation>Ollama: 4.096 Token bei weniger als 23 GiB GPU-Speicher, 32.768 bei weniger als 47, sonst 262.144, und eine Anfrage auf einmal; OLLAMA_CONTEXT_LENGTH, OLLAMA_NUM_PARALLEL und OLLAMA_KV_CACHE_TYPE werden befolgt. Wie es Schichten verteilt, die nicht passen, wird nicht geplant.</translation>
    </message>
    <message>
        <source>LM Studio: 4 requests at a time. It does not say which context it loads a model with: set what it shows. How it places layers that do not fit is not planned.</source>
        <translation>LM Studio: 4 Anfragen auf einmal. Es sagt nicht, mit welchem Kontext es ein Modell lädt: Stellen Sie ein, was es anzeigt. Wie es Schichten verteilt, die nicht passen, wird nicht geplant.</translation>
    </message>
    <message>
        <source>KoboldCpp: 8,192 tokens, one request at a time, an f16 cache. How it places layers that do not fit is not planned.</source>
        <translation>KoboldCpp: 8.192 Token, eine Anfrage auf einmal, ein f16-Cache. Wie es Schichten verteilt, die nicht passen, wird nicht geplant.</translation>
    </message>
    <message>
        <source>host memory</source>
        <translation>dem Hauptspeicher</translation>
    </message>
    <message>
        <source>{size} from {memory}</source>
        <translation>{size} aus {memory}</translation>
    </message>
    <message>
        <source>{reads}: at most {count} tokens a second</source>
        <translation>{reads}: höchstens {count} Tokens pro Sekunde</translation>
    </message>
</context>
</TS>
