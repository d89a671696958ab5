<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de">
<context>
    <name></name>
    <message>
        <source>it cannot be read: {reason}.</source>
        <translation>Die Datei kann nicht gelesen werden: {reason}.</translation>
    </message>
    <message>
        <source>it is a GGUF model and no log: open it as a model, or use “memplan check”.</source>
        <translation>Die Datei ist ein GGUF-Modell und kein Log: als Modell öffnen oder „memplan check“ verwenden.</translation>
    </message>
    <message>
        <source>the CPU</source>
        <translation>der CPU</translation>
    </message>
    <message>
        <source>{engine} on {backend}.</source>
        <translation>{engine} mit {backend}.</translation>
    </message>
    <message>
        <source>{engine} in {wrapper}.</source>
        <translation>{engine} in {wrapper}.</translation>
    </message>
    <message>
        <source>{engine} in {wrapper} on {backend}.</source>
        <translation>{engine} in {wrapper} mit {backend}.</translation>
    </message>
    <message>
        <source>Nothing in this log is from {engines}.</source>
        <translation>Nichts in diesem Log stammt von {engines}.</translation>
    </message>
    <message>
        <source>Nothing in this log is from the engine itself, only from what runs it.</source>
        <translation>Nichts in diesem Protokoll ist von der Engine selbst, nur von dem Programm, das sie startet.</translation>
    </message>
    <message>
        <source>The model was loaded.</source>
        <translation>Das Modell wurde geladen.</translation>
    </message>
    <message>
        <source>The model was not loaded.</source>
        <translation>Das Modell wurde nicht geladen.</translation>
    </message>
    <message>
        <source>The model was loaded, and failed while it ran.</source>
        <translation>Das Modell wurde geladen und brach im laufenden Betrieb ab.</translation>
    </message>
    <message>
        <source>The log does not tell whether the model was loaded.</source>
        <translation>Aus dem Log geht nicht hervor, ob das Modell geladen wurde.</translation>
    </message>
    <message>
        <source>The device did not have that much memory left.</source>
        <translation>Auf dem Gerät war nicht mehr so viel Speicher frei.</translation>
    </message>
    <message>
        <source>One allocation was larger than the driver allows, however much memory is free.</source>
        <translation>Eine einzelne Zuweisung war größer, als der Treiber erlaubt, ganz gleich, wie viel Speicher frei ist.</translation>
    </message>
    <message>
        <source>The machine itself did not have that much memory left.</source>
        <translation>Im Rechner selbst war nicht mehr so viel Speicher frei.</translation>
    </message>
    <message>
        <source>The log gives no reason that has to do with memory.</source>
        <translation>Das Log nennt keinen Grund, der mit Speicher zu tun hat.</translation>
    </message>
    <message>
        <source>The system killed the process, as it does when the machine runs out of memory.</source>
        <translation>Das System hat den Prozess beendet, wie es das tut, wenn dem Rechner der Speicher ausgeht.</translation>
    </message>
    <message>
        <source>The process ended with Windows&apos; code {code}, as it does when memory cannot be had.</source>
        <translation>Der Prozess endete mit dem Windows-Code {code}, wie es geschieht, wenn kein Speicher zu bekommen ist.</translation>
    </message>
    <message>
        <source>The machine refused memory that the program asked for.</source>
        <translation>Der Rechner hat Speicher verweigert, den das Programm verlangte.</translation>
    </message>
    <message>
        <source>Windows could not map the file: its memory did not suffice.</source>
        <translation>Windows konnte die Datei nicht einblenden: Der Speicher reichte nicht.</translation>
    </message>
    <message>
        <source>{program} refused to load it: by its own estimate, memory would not suffice. Its guardrail can be changed in its settings.</source>
        <translation>{program} hat das Laden abgelehnt: Nach seiner eigenen Schätzung reicht der Speicher nicht. Diese Schranke lässt sich in seinen Einstellungen ändern.</translation>
    </message>
    <message>
        <source>weights</source>
        <translation>Gewichte</translation>
    </message>
    <message>
        <source>KV cache</source>
        <translation>KV-Cache</translation>
    </message>
    <message>
        <source>recurrent state</source>
        <translation>rekurrenter Zustand</translation>
    </message>
    <message>
        <source>compute buffers</source>
        <translation>Rechenpuffer</translation>
    </message>
    <message>
        <source>staging buffers</source>
        <translation>Staging-Puffer</translation>
    </message>
    <message>
        <source>page table</source>
        <translation>Seitentabelle</translation>
    </message>
    <message>
        <source>output buffer</source>
        <translation>Ausgabepuffer</translation>
    </message>
    <message>
        <source>memory</source>
        <translation>Speicher ohne nähere Angabe</translation>
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
        <source>Turn flash attention on</source>
        <translation>Flash Attention einschalten</translation>
    </message>
    <message>
        <source>Use a micro-batch of {to} tokens</source>
        <translation>Einen Micro-Batch von {to} Token verwenden</translation>
    </message>
    <message>
        <source>Keep the experts of {to} layers in host memory</source>
        <translation>Die Experten von {to} Schichten im Hauptspeicher halten</translation>
    </message>
    <message>
        <source>Put {to} layers on the GPU</source>
        <translation>{to} Schichten auf die GPU legen</translation>
    </message>
    <message>
        <source>Raise the GPU&apos;s share of the Mac&apos;s memory to {to} MiB</source>
        <translation>Den Anteil der GPU am Speicher des Macs auf {to} MiB erhöhen</translation>
    </message>
    <message>
        <source>Use a file with fewer bits a weight, such as {to}</source>
        <translation>Eine Datei mit weniger Bits je Gewicht verwenden, etwa {to}</translation>
    </message>
    <message>
        <source>Keep the projector in host memory</source>
        <translation>Den Projektor im Hauptspeicher halten</translation>
    </message>
    <message>
        <source>Run without the draft model</source>
        <translation>Ohne das Draft-Modell starten</translation>
    </message>
    <message>
        <source>Put fewer layers on the GPU</source>
        <translation>Weniger Schichten auf die GPU legen</translation>
    </message>
    <message>
        <source>Use a file with fewer bits a weight</source>
        <translation>Eine Datei mit weniger Bits je Gewicht verwenden</translation>
    </message>
    <message>
        <source>frees {size}, which is enough</source>
        <translation>macht {size} frei, das genügt</translation>
    </message>
    <message>
        <source>frees {size}, which is not enough by itself</source>
        <translation>macht {size} frei, das allein genügt nicht</translation>
    </message>
    <message>
        <source>frees {size}</source>
        <translation>macht {size} frei</translation>
    </message>
    <message>
        <source>model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>draft model</source>
        <translation>Draft-Modell</translation>
    </message>
    <message>
        <source>next-token heads</source>
        <translation>Next-Token-Köpfe</translation>
    </message>
    <message>
        <source>projector</source>
        <translation>Projektor</translation>
    </message>
    <message>
        <source>adapter</source>
        <translation>Adapter</translation>
    </message>
    <message>
        <source>Failed to allocate {what}.</source>
        <translation>Die Speicherzuweisung ist fehlgeschlagen: {what}.</translation>
    </message>
    <message>
        <source>Failed to allocate {what}, in tensor {tensor}.</source>
        <translation>Die Speicherzuweisung ist fehlgeschlagen: {what}, im Tensor {tensor}.</translation>
    </message>
    <message>
        <source>Failed to allocate {what}: {size} ({exact}).</source>
        <translation>Die Speicherzuweisung ist fehlgeschlagen: {what}, {size} ({exact}).</translation>
    </message>
    <message>
        <source>Failed to allocate {what}: {size} ({exact}), in tensor {tensor}.</source>
        <translation>Die Speicherzuweisung ist fehlgeschlagen: {what}, {size} ({exact}), im Tensor {tensor}.</translation>
    </message>
    <message>
        <source>sequences {count}, one KV cache</source>
        <translation>Sequenzen {count} mit einem gemeinsamen KV-Cache</translation>
    </message>
    <message>
        <source>sequences {count}, a KV cache each</source>
        <translation>Sequenzen {count} mit je einem KV-Cache</translation>
    </message>
    <message>
        <source>sequences {count}</source>
        <translation>Sequenzen {count}</translation>
    </message>
    <message>
        <source>What to change:</source>
        <translation>Vorschläge:</translation>
    </message>
    <message numerus="yes">
        <source>The log is of another model than {model}: of {count} layer with the output. It is not compared.</source>
        <comment>The log is of another model than {model}: of {count} layers with the output. It is not compared.</comment>
        <translation>
            <numerusform>Das Protokoll gehört zu einem anderen Modell als {model}: zu einem mit {count} Schicht samt Ausgabe. Es wird nicht verglichen.</numerusform>
            <numerusform>Das Protokoll gehört zu einem anderen Modell als {model}: zu einem mit {count} Schichten samt Ausgabe. Es wird nicht verglichen.</numerusform>
        </translation>
    </message>
    <message>
        <source>The log is of another model than {model}: it has more weights than that file. It is not compared.</source>
        <translation>Das Protokoll gehört zu einem anderen Modell als {model}: Es hat mehr Gewichte als diese Datei. Es wird nicht verglichen.</translation>
    </message>
    <message numerus="yes">
        <source>Serve {count} request at a time</source>
        <comment>Serve {count} requests at a time</comment>
        <translation>
            <numerusform>{count} Anfrage zugleich bedienen</numerusform>
            <numerusform>{count} Anfragen zugleich bedienen</numerusform>
        </translation>
    </message>
    <message>
        <source>{what} of the {part}</source>
        <translation>{what} ({part})</translation>
    </message>
    <message>
        <source>It was {size} short.</source>
        <translation>Es fehlten {size}.</translation>
    </message>
    <message>
        <source>Serve fewer requests at a time</source>
        <translation>Weniger Anfragen zugleich bedienen</translation>
    </message>
    <message>
        <source>Options: {options}.</source>
        <translation>Optionen: {options}.</translation>
    </message>
    <message>
        <source>The log names no buffer that was allocated.</source>
        <translation>Das Log nennt keinen Puffer, der angelegt wurde.</translation>
    </message>
    <message>
        <source>{flag} reduced the context from {before} to {after} tokens.</source>
        <translation>{flag} hat den Kontext von {before} auf {after} Token verkleinert.</translation>
    </message>
    <message>
        <source>{flag}: {layers} layers on {device}, {overflowing} of them in part.</source>
        <translation>{flag}: {layers} Schichten auf {device}, {overflowing} davon zum Teil.</translation>
    </message>
    <message>
        <source>{flag} changed nothing: {option} is set.</source>
        <translation>{flag} hat nichts geändert: {option} ist gesetzt.</translation>
    </message>
    <message>
        <source>{flag} found no placement that fits.</source>
        <translation>{flag} hat keine Verteilung gefunden, die passt.</translation>
    </message>
    <message>
        <source>{what} on {buffer}</source>
        <translation>{what} auf {buffer}</translation>
    </message>
    <message>
        <source>Of it, one allocation of {size} failed.</source>
        <translation>Davon ist eine einzelne Zuweisung von {size} fehlgeschlagen.</translation>
    </message>
    <message>
        <source>That is exactly the size of the tensor {name} ({type}).</source>
        <translation>Das ist genau die Größe des Tensors {name} ({type}).</translation>
    </message>
    <message>
        <source>The plan for all buffers of that kind there: {size}.</source>
        <translation>Im Plan für alle Puffer dieser Art dort: {size}.</translation>
    </message>
    <message numerus="yes">
        <source>context {count} token</source>
        <comment>context {count} tokens</comment>
        <translation>
            <numerusform>Kontext {count} Token</numerusform>
            <numerusform>Kontext {count} Token</numerusform>
        </translation>
    </message>
    <message>
        <source>micro-batch {count}</source>
        <translation>Micro-Batch {count}</translation>
    </message>
    <message>
        <source>flash attention {state}</source>
        <translation>Flash Attention {state}</translation>
    </message>
    <message>
        <source>layers on the device {count}</source>
        <translation>Schichten auf dem Gerät {count}</translation>
    </message>
    <message>
        <source>layers on the device {count} of {all}</source>
        <translation>{count} von {all} Schichten auf dem Gerät</translation>
    </message>
    <message>
        <source>{size} free</source>
        <translation>{size} frei</translation>
    </message>
    <message>
        <source>Device {name}: {sizes}.</source>
        <translation>Gerät {name}: {sizes}.</translation>
    </message>
    <message>
        <source>size not logged</source>
        <translation>Größe nicht protokolliert</translation>
    </message>
    <message>
        <source>Logged</source>
        <translation>Protokolliert</translation>
    </message>
    <message>
        <source>Planned</source>
        <translation>Geplant</translation>
    </message>
    <message>
        <source>Difference</source>
        <translation>Unterschied</translation>
    </message>
    <message>
        <source>A mapped buffer is the part of the file that is mapped, not memory taken.</source>
        <translation>Ein eingeblendeter Puffer („Mapped“) ist der Teil der Datei, der in den Adressraum eingeblendet ist, kein belegter Speicher.</translation>
    </message>
    <message>
        <source>The device has less of the weights by just {names}: a tensor that is too large for one buffer there stays on the host.</source>
        <translation>Auf dem Gerät fehlt von den Gewichten genau {names}: Ein Tensor, der dort für einen einzelnen Puffer zu groß ist, bleibt auf dem Host.</translation>
    </message>
    <message numerus="yes">
        <source>{count} line that speaks of memory could not be understood.</source>
        <comment>{count} lines that speak of memory could not be understood.</comment>
        <translation>
            <numerusform>{count} Zeile, in der es um Speicher geht, wurde nicht verstanden.</numerusform>
            <numerusform>{count} Zeilen, in denen es um Speicher geht, wurden nicht verstanden.</numerusform>
        </translation>
    </message>
    <message>
        <source>Check the address. If the model is private or gated, set HF_TOKEN.</source>
        <translation>Die Adresse prüfen. Ist das Modell privat oder zugangsbeschränkt, HF_TOKEN setzen.</translation>
    </message>
    <message>
        <source>Accept the model&apos;s conditions on its page, or use a token that may read it (HF_TOKEN).</source>
        <translation>Die Bedingungen auf der Seite des Modells annehmen oder ein Token verwenden, das es lesen darf (HF_TOKEN).</translation>
    </message>
    <message>
        <source>Check the address.</source>
        <translation>Die Adresse prüfen.</translation>
    </message>
    <message>
        <source>The file is empty, or the server cannot send a part of it.</source>
        <translation>Die Datei ist leer, oder der Server kann sie nicht in Teilen senden.</translation>
    </message>
    <message>
        <source>It has had too many requests: try again later.</source>
        <translation>Der Server hat zu viele Anfragen erhalten: später noch einmal versuchen.</translation>
    </message>
    <message>
        <source>It is busy: try again later.</source>
        <translation>Der Server ist ausgelastet: später noch einmal versuchen.</translation>
    </message>
    <message>
        <source>the whole header within {seconds} seconds</source>
        <translation>der ganze Header innerhalb von {seconds} Sekunden</translation>
    </message>
    <message numerus="yes">
        <source>{count} byte in that time</source>
        <comment>{count} bytes in that time</comment>
        <translation>
            <numerusform>{count} Byte in dieser Zeit</numerusform>
            <numerusform>{count} Byte in dieser Zeit</numerusform>
        </translation>
    </message>
    <message>
        <source>Try again when the network or the server is faster.</source>
        <translation>Noch einmal versuchen, wenn das Netz oder der Server schneller ist.</translation>
    </message>
    <message numerus="yes">
        <source>a header of at most {count} byte</source>
        <comment>a header of at most {count} bytes</comment>
        <translation>
            <numerusform>ein Header von höchstens {count} Byte</numerusform>
            <numerusform>ein Header von höchstens {count} Byte</numerusform>
        </translation>
    </message>
    <message>
        <source>more</source>
        <translation>mehr</translation>
    </message>
    <message>
        <source>Download the file, and open it from the disk.</source>
        <translation>Die Datei herunterladen und von der Festplatte öffnen.</translation>
    </message>
    <message numerus="yes">
        <source>the {count} byte that the server announced</source>
        <comment>the {count} bytes that the server announced</comment>
        <translation>
            <numerusform>das {count} Byte, das der Server angekündigt hat</numerusform>
            <numerusform>die {count} Byte, die der Server angekündigt hat</numerusform>
        </translation>
    </message>
    <message>
        <source>that it closed the connection</source>
        <translation>eine Verbindung, die der Server geschlossen hat</translation>
    </message>
    <message>
        <source>Try again.</source>
        <translation>Noch einmal versuchen.</translation>
    </message>
    <message>
        <source>at most {limit} redirects</source>
        <translation>höchstens {limit} Weiterleitungen</translation>
    </message>
    <message>
        <source>a redirect to another secure address</source>
        <translation>eine Weiterleitung zu einer anderen sicheren Adresse</translation>
    </message>
    <message>
        <source>one to {address}</source>
        <translation>eine zu {address}</translation>
    </message>
    <message>
        <source>one to nowhere</source>
        <translation>eine ins Nichts</translation>
    </message>
    <message>
        <source>the bytes as they are</source>
        <translation>die unveränderten Bytes</translation>
    </message>
    <message>
        <source>them compressed ({encoding})</source>
        <translation>komprimierte Bytes ({encoding})</translation>
    </message>
    <message>
        <source>the file from its first byte on, as was asked for</source>
        <translation>die Datei ab ihrem ersten Byte, wie angefordert</translation>
    </message>
    <message>
        <source>the range that the server does not name</source>
        <translation>ein Bereich, den der Server nicht nennt</translation>
    </message>
    <message numerus="yes">
        <source>the range that the server does not name in {count} byte</source>
        <comment>the range that the server does not name in {count} bytes</comment>
        <translation>
            <numerusform>ein Bereich, den der Server nicht nennt, in {count} Byte</numerusform>
            <numerusform>ein Bereich, den der Server nicht nennt, in {count} Byte</numerusform>
        </translation>
    </message>
    <message>
        <source>the range {range}</source>
        <translation>der Bereich {range}</translation>
    </message>
    <message numerus="yes">
        <source>the range {range} in {count} byte</source>
        <comment>the range {range} in {count} bytes</comment>
        <translation>
            <numerusform>der Bereich {range} in {count} Byte</numerusform>
            <numerusform>der Bereich {range} in {count} Byte</numerusform>
        </translation>
    </message>
    <message>
        <source>status {status}</source>
        <translation>Status {status}</translation>
    </message>
    <message>
        <source>Try again later.</source>
        <translation>Später noch einmal versuchen.</translation>
    </message>
    <message numerus="yes">
        <source>The server asks to wait {count} second.</source>
        <comment>The server asks to wait {count} seconds.</comment>
        <translation>
            <numerusform>Der Server bittet, {count} Sekunde zu warten.</numerusform>
            <numerusform>Der Server bittet, {count} Sekunden zu warten.</numerusform>
        </translation>
    </message>
    <message>
        <source>the file</source>
        <translation>die Datei</translation>
    </message>
    <message>
        <source>no such name</source>
        <translation>ein Name, den es nicht gibt</translation>
    </message>
    <message>
        <source>Check the address and the network.</source>
        <translation>Die Adresse und das Netz prüfen.</translation>
    </message>
    <message>
        <source>a connection that is not secure ({error})</source>
        <translation>eine Verbindung, die nicht sicher ist ({error})</translation>
    </message>
    <message>
        <source>Check the certificates.</source>
        <translation>Die Zertifikate prüfen.</translation>
    </message>
    <message>
        <source>no answer</source>
        <translation>keine Antwort</translation>
    </message>
    <message>
        <source>Check the network, and try again.</source>
        <translation>Das Netz prüfen und noch einmal versuchen.</translation>
    </message>
    <message>
        <source>silence</source>
        <translation>Stille</translation>
    </message>
    <message>
        <source>a proxy that fails ({error})</source>
        <translation>ein Proxy, der versagt ({error})</translation>
    </message>
    <message>
        <source>Check the proxy&apos;s settings.</source>
        <translation>Die Einstellungen des Proxys prüfen.</translation>
    </message>
    <message>
        <source>nobody there ({error})</source>
        <translation>niemand unter dieser Adresse ({error})</translation>
    </message>
    <message>
        <source>an address that is none</source>
        <translation>etwas, das keine Adresse ist</translation>
    </message>
    <message>
        <source>an answer from {host}</source>
        <translation>eine Antwort von {host}</translation>
    </message>
    <message>
        <source>expected {expected}, found {found}.</source>
        <translation>erwartet: {expected}; gefunden: {found}.</translation>
    </message>
    <message>
        <source>an empty name</source>
        <translation>ein leerer Name</translation>
    </message>
    <message>
        <source>{source} at byte {offset}</source>
        <translation>{source} bei Byte {offset}</translation>
    </message>
    <message>
        <source>a model in ggml&apos;s format from before GGUF</source>
        <translation>ein Modell im ggml-Format aus der Zeit vor GGUF</translation>
    </message>
    <message>
        <source>No current engine reads it: convert it, or get the model as GGUF.</source>
        <translation>Keine heutige Engine liest es: umwandeln oder das Modell als GGUF beschaffen.</translation>
    </message>
    <message>
        <source>a compressed file</source>
        <translation>eine komprimierte Datei</translation>
    </message>
    <message>
        <source>Unpack it, and open the .gguf file inside.</source>
        <translation>Entpacken und die .gguf-Datei darin öffnen.</translation>
    </message>
    <message>
        <source>a git-lfs pointer, which stands for the model</source>
        <translation>ein git-lfs-Verweis, der für das Modell steht</translation>
    </message>
    <message>
        <source>Get the model itself with “git lfs pull”, or download it.</source>
        <translation>Das Modell selbst mit „git lfs pull“ holen oder herunterladen.</translation>
    </message>
    <message>
        <source>a web page (HTML)</source>
        <translation>eine Webseite (HTML)</translation>
    </message>
    <message>
        <source>The page was saved instead of the model: use the page&apos;s download link.</source>
        <translation>Statt des Modells wurde die Seite gespeichert: den Download-Link der Seite verwenden.</translation>
    </message>
    <message>
        <source>a ZIP archive, as PyTorch&apos;s checkpoints are</source>
        <translation>ein ZIP-Archiv, wie es Checkpoints von PyTorch sind</translation>
    </message>
    <message>
        <source>Unpack it if there is a .gguf file inside; convert a checkpoint to GGUF.</source>
        <translation>Entpacken, wenn eine .gguf-Datei darin ist; einen Checkpoint in GGUF umwandeln.</translation>
    </message>
    <message>
        <source>a safetensors file</source>
        <translation>eine safetensors-Datei</translation>
    </message>
    <message>
        <source>Convert the model to GGUF, or get it as GGUF.</source>
        <translation>Das Modell in GGUF umwandeln oder als GGUF beschaffen.</translation>
    </message>
    <message>
        <source>text, as a server answers when it has no file</source>
        <translation>Text, wie ihn ein Server schickt, der die Datei nicht hat</translation>
    </message>
    <message>
        <source>Download the model again, and look at what the server says.</source>
        <translation>Das Modell neu herunterladen und darauf achten, was der Server meldet.</translation>
    </message>
    <message>
        <source>zeros, as in a download that has only reserved its place</source>
        <translation>Nullen, wie bei einem Download, der bisher nur seinen Platz belegt</translation>
    </message>
    <message>
        <source>Wait until the download has begun.</source>
        <translation>Warten, bis der Download begonnen hat.</translation>
    </message>
    <message>
        <source>a whole header in the cache</source>
        <translation>ein vollständiger Header im Cache</translation>
    </message>
    <message>
        <source>a part</source>
        <translation>ein Teil davon</translation>
    </message>
    <message>
        <source>{count} of {all} there</source>
        <translation>{count} von {all} dort</translation>
    </message>
    <message>
        <source>the list of the repository&apos;s files</source>
        <translation>die Liste der Dateien des Repositorys</translation>
    </message>
    <message>
        <source>something else ({reason})</source>
        <translation>etwas anderes ({reason})</translation>
    </message>
    <message>
        <source>Check the address, and HF_ENDPOINT if you have set it.</source>
        <translation>Die Adresse prüfen und HF_ENDPOINT, falls gesetzt.</translation>
    </message>
    <message>
        <source>one model in {repository}</source>
        <translation>ein einziges Modell in {repository}</translation>
    </message>
    <message>
        <source>one model with {word} in its name in {repository}</source>
        <translation>ein einziges Modell mit {word} im Namen in {repository}</translation>
    </message>
    <message>
        <source>The repository has no GGUF files: look for one whose name ends in -GGUF.</source>
        <translation>Das Repository hat keine GGUF-Dateien: eines suchen, dessen Name auf -GGUF endet.</translation>
    </message>
    <message>
        <source>Choose one, as {example}: {names}.</source>
        <translation>Eines auswählen, etwa {example}: {names}.</translation>
    </message>
    <message>
        <source>a folder</source>
        <translation>ein Ordner</translation>
    </message>
    <message>
        <source>Open the .gguf file inside it.</source>
        <translation>Die .gguf-Datei darin öffnen.</translation>
    </message>
    <message>
        <source>a named pipe</source>
        <translation>eine benannte Pipe</translation>
    </message>
    <message>
        <source>Save what comes through it to a file.</source>
        <translation>Was hindurchfließt, in einer Datei speichern.</translation>
    </message>
    <message>
        <source>a socket</source>
        <translation>ein Socket</translation>
    </message>
    <message>
        <source>a device</source>
        <translation>eine Gerätedatei</translation>
    </message>
    <message numerus="yes">
        <source>the {count} byte that the file had when it was opened</source>
        <comment>the {count} bytes that the file had when it was opened</comment>
        <translation>
            <numerusform>das {count} Byte, das die Datei beim Öffnen hatte</numerusform>
            <numerusform>die {count} Byte, die die Datei beim Öffnen hatte</numerusform>
        </translation>
    </message>
    <message>
        <source>its end</source>
        <translation>ihr Ende</translation>
    </message>
    <message>
        <source>The file is being replaced or rewritten: open it again when that is done.</source>
        <translation>Die Datei wird gerade ersetzt oder neu geschrieben: danach noch einmal öffnen.</translation>
    </message>
    <message>
        <source>a file of this name</source>
        <translation>eine Datei dieses Namens</translation>
    </message>
    <message>
        <source>no such file</source>
        <translation>keine solche Datei</translation>
    </message>
    <message>
        <source>Check its name and folder.</source>
        <translation>Namen und Ordner prüfen.</translation>
    </message>
    <message>
        <source>a file that can be read</source>
        <translation>eine lesbare Datei</translation>
    </message>
    <message>
        <source>Check its name and permissions.</source>
        <translation>Namen und Zugriffsrechte prüfen.</translation>
    </message>
    <message>
        <source>something else</source>
        <translation>etwas anderes</translation>
    </message>
    <message>
        <source>a regular file</source>
        <translation>eine gewöhnliche Datei</translation>
    </message>
    <message>
        <source>the same file under this name throughout</source>
        <translation>durchgehend dieselbe Datei unter diesem Namen</translation>
    </message>
    <message>
        <source>another</source>
        <translation>eine andere</translation>
    </message>
    <message>
        <source>none any more</source>
        <translation>keine mehr</translation>
    </message>
    <message>
        <source>The file was replaced while it was read: open it again.</source>
        <translation>Die Datei wurde beim Lesen ersetzt: noch einmal öffnen.</translation>
    </message>
    <message>
        <source>a file or an address</source>
        <translation>eine Datei oder eine Adresse</translation>
    </message>
    <message>
        <source>nothing</source>
        <translation>nichts</translation>
    </message>
    <message>
        <source>Choose a model.</source>
        <translation>Ein Modell auswählen.</translation>
    </message>
    <message>
        <source>a file, or an address that begins with {first} or {second}</source>
        <translation>eine Datei oder eine Adresse, die mit {first} oder {second} beginnt</translation>
    </message>
    <message>
        <source>one that begins with {scheme}</source>
        <translation>eine, die mit {scheme} beginnt</translation>
    </message>
    <message>
        <source>an address</source>
        <translation>eine Adresse</translation>
    </message>
    <message>
        <source>hf://owner/repository, with /file.gguf or :quantisation if you like</source>
        <translation>hf://Besitzer/Repository, wahlweise mit /Datei.gguf oder :Quantisierung</translation>
    </message>
    <message>
        <source>Check the name.</source>
        <translation>Den Namen prüfen.</translation>
    </message>
    <message>
        <source>none</source>
        <comment>a model</comment>
        <translation>keines</translation>
    </message>
    <message>
        <source>“ollama list” shows the names; OLLAMA_MODELS names another folder.</source>
        <translation>„ollama list“ zeigt die Namen; OLLAMA_MODELS nennt einen anderen Ordner.</translation>
    </message>
    <message>
        <source>a model of that name in {folder}</source>
        <translation>ein Modell dieses Namens in {folder}</translation>
    </message>
    <message>
        <source>a model of that name in {folder} or {other}</source>
        <translation>ein Modell dieses Namens in {folder} oder {other}</translation>
    </message>
    <message>
        <source>a manifest that names the model&apos;s file ({manifest})</source>
        <translation>ein Manifest, das die Datei des Modells nennt ({manifest})</translation>
    </message>
    <message>
        <source>another ({reason})</source>
        <translation>ein anderes ({reason})</translation>
    </message>
    <message>
        <source>Pull the model again.</source>
        <translation>Das Modell neu herunterladen („ollama pull“).</translation>
    </message>
    <message numerus="yes">
        <source>a list of at most {count} byte</source>
        <comment>a list of at most {count} bytes</comment>
        <translation>
            <numerusform>eine Liste von höchstens {count} Byte</numerusform>
            <numerusform>eine Liste von höchstens {count} Byte</numerusform>
        </translation>
    </message>
    <message>
        <source>Name one file of it, such as hf://owner/repo/file.gguf.</source>
        <translation>Eine Datei davon nennen, etwa hf://owner/repo/datei.gguf.</translation>
    </message>
    <message>
        <source>Hugging Face, or a copy of the header on this computer</source>
        <translation>Hugging Face oder eine Kopie des Headers auf diesem Rechner</translation>
    </message>
    <message>
        <source>that HF_HUB_OFFLINE forbids to ask, and no copy</source>
        <translation>das Verbot durch HF_HUB_OFFLINE, dort anzufragen, und keine Kopie</translation>
    </message>
    <message>
        <source>Unset HF_HUB_OFFLINE, or open a file on the disk.</source>
        <translation>HF_HUB_OFFLINE aufheben oder eine Datei auf der Festplatte öffnen.</translation>
    </message>
    <message>
        <source>a split into at most {limit} shards</source>
        <translation>eine Aufteilung in höchstens {limit} Teile</translation>
    </message>
    <message>
        <source>The file is damaged or made to be invalid.</source>
        <translation>Die Datei ist beschädigt oder absichtlich ungültig.</translation>
    </message>
    <message>
        <source>the first shard beside it ({file}), which describes the model</source>
        <translation>der erste Teil daneben ({file}), der das Modell beschreibt</translation>
    </message>
    <message>
        <source>Get all shards into one folder.</source>
        <translation>Alle Teile in einen Ordner bringen.</translation>
    </message>
    <message>
        <source>{key} of {file} is {stated}, not {wanted}</source>
        <translation>{key} von {file} ist {stated}, nicht {wanted}</translation>
    </message>
    <message>
        <source>more than one shard has {tensors}</source>
        <translation>mehr als ein Teil enthält {tensors}</translation>
    </message>
    <message numerus="yes">
        <source>there is {count} tensor, not the {stated} of split.tensors.count</source>
        <comment>there are {count} tensors, not the {stated} of split.tensors.count</comment>
        <translation>
            <numerusform>es gibt {count} Tensor, nicht die {stated} aus split.tensors.count</numerusform>
            <numerusform>es gibt {count} Tensoren, nicht die {stated} aus split.tensors.count</numerusform>
        </translation>
    </message>
    <message>
        <source>shards that belong together</source>
        <translation>Teile, die zusammengehören</translation>
    </message>
    <message>
        <source>Get all shards from the same place again.</source>
        <translation>Alle Teile von derselben Stelle neu herunterladen.</translation>
    </message>
    <message>
        <source>{file} is padded to {bytes} but does not say so</source>
        <translation>{file} ist auf {bytes} ausgerichtet, gibt das aber nicht an</translation>
    </message>
    <message>
        <source>{missing} of {count}, which cannot be found as the name {file} does not end in -00001-of-00002.gguf or the like</source>
        <translation>{missing} von {count}; sie sind nicht auffindbar, weil der Name {file} nicht auf -00001-of-00002.gguf oder Ähnliches endet</translation>
    </message>
    <message>
        <source>{names} and {count} more</source>
        <translation>{names} und {count} weitere</translation>
    </message>
    <message>
        <source>to read it to the end</source>
        <translation>das Lesen bis zum Ende</translation>
    </message>
    <message>
        <source>that it was cancelled</source>
        <translation>ein Abbruch</translation>
    </message>
    <message>
        <source>the magic bytes</source>
        <translation>die magischen Bytes</translation>
    </message>
    <message>
        <source>a key</source>
        <translation>ein Schlüssel</translation>
    </message>
    <message>
        <source>the type of {name}</source>
        <translation>der Typ von {name}</translation>
    </message>
    <message>
        <source>the length of {name}</source>
        <translation>die Länge von {name}</translation>
    </message>
    <message>
        <source>an element of {name}</source>
        <translation>ein Element von {name}</translation>
    </message>
    <message>
        <source>a tensor&apos;s name</source>
        <translation>der Name eines Tensors</translation>
    </message>
    <message>
        <source>a tensor&apos;s number of dimensions</source>
        <translation>die Anzahl der Dimensionen eines Tensors</translation>
    </message>
    <message>
        <source>a tensor&apos;s dimensions and type</source>
        <translation>die Dimensionen und der Typ eines Tensors</translation>
    </message>
    <message>
        <source>a tensor&apos;s offset</source>
        <translation>der Offset eines Tensors</translation>
    </message>
    <message>
        <source>a GGUF file</source>
        <translation>eine GGUF-Datei</translation>
    </message>
    <message>
        <source>an empty file</source>
        <translation>eine leere Datei</translation>
    </message>
    <message>
        <source>Download the model again.</source>
        <translation>Das Modell neu herunterladen.</translation>
    </message>
    <message>
        <source>the bytes GGUF</source>
        <translation>die Bytes GGUF</translation>
    </message>
    <message>
        <source>The file is no GGUF model.</source>
        <translation>Die Datei ist kein GGUF-Modell.</translation>
    </message>
    <message>
        <source>the version</source>
        <translation>die Version</translation>
    </message>
    <message>
        <source>GGUF version 2 or 3</source>
        <translation>GGUF-Version 2 oder 3</translation>
    </message>
    <message>
        <source>version {version}</source>
        <translation>Version {version}</translation>
    </message>
    <message>
        <source>No current engine reads a file of 2023 any more: get or convert the model anew.</source>
        <translation>Eine Datei von 2023 liest keine heutige Engine mehr: das Modell neu beschaffen oder umwandeln.</translation>
    </message>
    <message>
        <source>The file is damaged, or newer than Memplan.</source>
        <translation>Die Datei ist beschädigt oder neuer als Memplan.</translation>
    </message>
    <message>
        <source>the number of tensors</source>
        <translation>die Anzahl der Tensoren</translation>
    </message>
    <message>
        <source>at most {limit} tensors</source>
        <translation>höchstens {limit} Tensoren</translation>
    </message>
    <message numerus="yes">
        <source>tensors that fit the {count} byte that remains</source>
        <comment>tensors that fit the {count} bytes that remain</comment>
        <translation>
            <numerusform>Tensoren, die in das verbleibende {count} Byte passen</numerusform>
            <numerusform>Tensoren, die in die verbleibenden {count} Byte passen</numerusform>
        </translation>
    </message>
    <message>
        <source>the number of key-values</source>
        <translation>die Anzahl der Schlüssel-Wert-Paare</translation>
    </message>
    <message>
        <source>at most {limit} key-values</source>
        <translation>höchstens {limit} Schlüssel-Wert-Paare</translation>
    </message>
    <message numerus="yes">
        <source>key-values that fit the {count} byte that remains</source>
        <comment>key-values that fit the {count} bytes that remain</comment>
        <translation>
            <numerusform>Schlüssel-Wert-Paare, die in das verbleibende {count} Byte passen</numerusform>
            <numerusform>Schlüssel-Wert-Paare, die in die verbleibenden {count} Byte passen</numerusform>
        </translation>
    </message>
    <message>
        <source>{number} of at least {bytes}</source>
        <translation>{number} von mindestens je {bytes}</translation>
    </message>
    <message>
        <source>keys of at most {most} bytes together</source>
        <translation>Schlüssel von zusammen höchstens {most} Bytes</translation>
    </message>
    <message>
        <source>a key of 1 to {most} bytes</source>
        <translation>ein Schlüssel von 1 bis {most} Byte</translation>
    </message>
    <message>
        <source>every key once</source>
        <translation>jeder Schlüssel nur einmal</translation>
    </message>
    <message>
        <source>{name} again</source>
        <translation>{name} noch einmal</translation>
    </message>
    <message>
        <source>a type from 0 to {last} for {name}</source>
        <translation>ein Typ von 0 bis {last} für {name}</translation>
    </message>
    <message>
        <source>numbers or strings in the array {name}</source>
        <translation>Zahlen oder Zeichenketten im Array {name}</translation>
    </message>
    <message>
        <source>an array of arrays</source>
        <translation>ein Array von Arrays</translation>
    </message>
    <message>
        <source>No engine reads it.</source>
        <translation>Keine Engine liest das.</translation>
    </message>
    <message>
        <source>at most {limit} elements in {name}</source>
        <translation>höchstens {limit} Elemente in {name}</translation>
    </message>
    <message numerus="yes">
        <source>an array {name} that fits the {count} byte that remains</source>
        <comment>an array {name} that fits the {count} bytes that remain</comment>
        <translation>
            <numerusform>ein Array {name}, das in das verbleibende {count} Byte passt</numerusform>
            <numerusform>ein Array {name}, das in die verbleibenden {count} Byte passt</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} element of at least {bytes}</source>
        <comment>{count} elements of at least {bytes}</comment>
        <translation>
            <numerusform>{count} Element von mindestens {bytes}</numerusform>
            <numerusform>{count} Elemente von mindestens je {bytes}</numerusform>
        </translation>
    </message>
    <message>
        <source>a power of two that fits 32 bits as general.alignment</source>
        <translation>eine Zweierpotenz, die in 32 Bit passt, als general.alignment</translation>
    </message>
    <message>
        <source>every tensor&apos;s name once</source>
        <translation>jeder Tensorname nur einmal</translation>
    </message>
    <message>
        <source>a tensor&apos;s name of at most {most} bytes</source>
        <translation>ein Tensorname von höchstens {most} Byte</translation>
    </message>
    <message>
        <source>at most {most} dimensions of {name}</source>
        <translation>höchstens {most} Dimensionen von {name}</translation>
    </message>
    <message>
        <source>dimensions of {name} that are not negative and whose product fits 63 bits</source>
        <translation>Dimensionen von {name}, die nicht negativ sind und deren Produkt in 63 Bit passt</translation>
    </message>
    <message>
        <source>a type of {name} that ggml has</source>
        <translation>ein Typ von {name}, den ggml kennt</translation>
    </message>
    <message>
        <source>type {number}</source>
        <translation>Typ {number}</translation>
    </message>
    <message>
        <source>The file is damaged, or so old that no current engine reads it.</source>
        <translation>Die Datei ist beschädigt oder so alt, dass keine heutige Engine sie liest.</translation>
    </message>
    <message>
        <source>rows of {name} in whole blocks of {count} elements, as {type} has them</source>
        <translation>Zeilen von {name} in ganzen Blöcken von {count} Elementen, wie {type} sie hat</translation>
    </message>
    <message numerus="yes">
        <source>{count} element a row</source>
        <comment>{count} elements a row</comment>
        <translation>
            <numerusform>{count} Element je Zeile</numerusform>
            <numerusform>{count} Elemente je Zeile</numerusform>
        </translation>
    </message>
    <message>
        <source>{part} are here</source>
        <translation>{part} sind vorhanden</translation>
    </message>
    <message>
        <source>the data of {name} at offset {offset}, after those before it</source>
        <translation>die Daten von {name} beim Offset {offset}, direkt nach den vorigen</translation>
    </message>
    <message>
        <source>offset {offset}</source>
        <translation>Offset {offset}</translation>
    </message>
    <message>
        <source>The file is damaged, or its writer lays tensors out in another way.</source>
        <translation>Die Datei ist beschädigt, oder das Programm, das sie schrieb, ordnet Tensoren anders an.</translation>
    </message>
    <message>
        <source>tensors whose sizes fit 64 bits</source>
        <translation>Tensoren, deren Größen in 64 Bit passen</translation>
    </message>
    <message numerus="yes">
        <source>{name} with {count} element</source>
        <comment>{name} with {count} elements</comment>
        <translation>
            <numerusform>{name} mit {count} Element</numerusform>
            <numerusform>{name} mit {count} Elementen</numerusform>
        </translation>
    </message>
    <message>
        <source>The file is cut off inside its header: download it again.</source>
        <translation>Die Datei ist in ihrem Header abgeschnitten: neu herunterladen.</translation>
    </message>
    <message>
        <source>The file is cut off or damaged inside its header: download it again.</source>
        <translation>Die Datei ist in ihrem Header abgeschnitten oder beschädigt: neu herunterladen.</translation>
    </message>
    <message>
        <source>The file is damaged: download it again.</source>
        <translation>Die Datei ist beschädigt: neu herunterladen.</translation>
    </message>
    <message>
        <source>{what} ({bytes})</source>
        <translation>{what} ({bytes})</translation>
    </message>
    <message numerus="yes">
        <source>the end of the file after {count} byte</source>
        <comment>the end of the file after {count} bytes</comment>
        <translation>
            <numerusform>das Ende der Datei nach {count} Byte</numerusform>
            <numerusform>das Ende der Datei nach {count} Byte</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>a length of {count} byte</source>
        <comment>a length of {count} bytes</comment>
        <translation>
            <numerusform>eine Länge von {count} Byte</numerusform>
            <numerusform>eine Länge von {count} Byte</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{what} within the {count} byte that remains</source>
        <comment>{what} within the {count} bytes that remain</comment>
        <translation>
            <numerusform>{what} innerhalb des verbleibenden {count} Bytes</numerusform>
            <numerusform>{what} innerhalb der verbleibenden {count} Byte</numerusform>
        </translation>
    </message>
    <message>
        <source>{what} of at most {count} bytes</source>
        <translation>{what} von höchstens {count} Byte</translation>
    </message>
</context>
</TS>
