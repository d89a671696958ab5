<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de">
<context>
    <name></name>
    <message>
        <source>Pin {name}</source>
        <translation>{name} anheften</translation>
    </message>
    <message numerus="yes">
        <source>Pin {count} model</source>
        <comment>Pin {count} models</comment>
        <translation>
            <numerusform>{count} Modell anheften</numerusform>
            <numerusform>{count} Modelle anheften</numerusform>
        </translation>
    </message>
    <message>
        <source>Rename {name}</source>
        <translation>{name} umbenennen</translation>
    </message>
    <message>
        <source>Load {name}</source>
        <translation>{name} laden</translation>
    </message>
    <message>
        <source>Remove {name}</source>
        <translation>{name} entfernen</translation>
    </message>
    <message>
        <source>All files {endings}</source>
        <translation>Alle Dateien {endings}</translation>
    </message>
    <message>
        <source>Models and saved plans {endings}</source>
        <translation>Modelle und gespeicherte Pläne {endings}</translation>
    </message>
    <message>
        <source>Open a model</source>
        <translation>Modell öffnen</translation>
    </message>
    <message>
        <source>Load beside the model</source>
        <translation>Neben dem Modell laden</translation>
    </message>
    <message>
        <source>List the models in a folder</source>
        <translation>Die Modelle in einem Ordner auflisten</translation>
    </message>
    <message>
        <source>Logs {endings}</source>
        <translation>Logs {endings}</translation>
    </message>
    <message>
        <source>Open a log</source>
        <translation>Log öffnen</translation>
    </message>
    <message>
        <source>About Memplan</source>
        <translation>Über Memplan</translation>
    </message>
    <message>
        <source>&amp;Copy versions</source>
        <translation>Versionen &amp;kopieren</translation>
    </message>
    <message>
        <source>C&amp;lose</source>
        <translation>&amp;Schließen</translation>
    </message>
    <message>
        <source>Copy versions</source>
        <translation>Versionen kopieren</translation>
    </message>
    <message>
        <source>Copy what a bug report needs (Ctrl+C)</source>
        <translation>Kopieren, was ein Fehlerbericht braucht (Strg+C)</translation>
    </message>
    <message>
        <source>Close this window (Escape)</source>
        <translation>Dieses Fenster schließen (Esc)</translation>
    </message>
    <message>
        <source>Versions</source>
        <translation>Versionen</translation>
    </message>
    <message>
        <source>How much memory a GGUF model needs at every context length.</source>
        <translation>Wie viel Speicher ein GGUF-Modell bei jeder Kontextlänge braucht.</translation>
    </message>
    <message>
        <source>Free software under the MIT licence. The font is Inter, under the SIL Open Font License.</source>
        <translation>Freie Software unter der MIT-Lizenz. Die Schrift ist Inter, unter der SIL Open Font License.</translation>
    </message>
    <message>
        <source>Save a report</source>
        <translation>Bericht speichern</translation>
    </message>
    <message>
        <source>Web page (*.html);;Markdown (*.md);;Plan that Memplan opens (*.json)</source>
        <translation>Webseite (*.html);;Markdown (*.md);;Plan, den Memplan öffnet (*.json)</translation>
    </message>
    <message>
        <source>Export the chart</source>
        <translation>Diagramm exportieren</translation>
    </message>
    <message>
        <source>Picture (*.png)</source>
        <translation>Bild (*.png)</translation>
    </message>
    <message>
        <source>Drawing (*.svg)</source>
        <translation>Zeichnung (*.svg)</translation>
    </message>
    <message>
        <source>Document (*.pdf)</source>
        <translation>Dokument (*.pdf)</translation>
    </message>
    <message>
        <source>Export the table</source>
        <translation>Tabelle exportieren</translation>
    </message>
    <message>
        <source>Table (*.csv)</source>
        <translation>Tabelle (*.csv)</translation>
    </message>
    <message>
        <source>{path} cannot be written: {reason}.</source>
        <translation>{path} kann nicht geschrieben werden: {reason}.</translation>
    </message>
    <message>
        <source>The log cannot be read</source>
        <translation>Das Log kann nicht gelesen werden</translation>
    </message>
    <message>
        <source>This is no engine&apos;s log</source>
        <translation>Das ist kein Log einer Engine</translation>
    </message>
    <message>
        <source>Not compared with {model}: {reason}.</source>
        <translation>Nicht mit {model} verglichen: {reason}.</translation>
    </message>
    <message>
        <source>Planned: {model}, with the options of the log.</source>
        <translation>Geplant: {model}, mit den Optionen des Logs.</translation>
    </message>
    <message>
        <source>Open the model that was loaded to see logged beside planned.</source>
        <translation>Das geladene Modell öffnen, um Log und Plan nebeneinander zu sehen.</translation>
    </message>
    <message>
        <source>Paste the log of {programs} here, or drop its file</source>
        <translation>Hier das Log von {programs} einfügen oder seine Datei ablegen</translation>
    </message>
    <message>
        <source>Explain a log – Memplan</source>
        <translation>Log erklären – Memplan</translation>
    </message>
    <message>
        <source>&amp;Open a log…</source>
        <translation>Log ö&amp;ffnen…</translation>
    </message>
    <message>
        <source>&amp;Set up like the log</source>
        <translation>Wie im Log &amp;einstellen</translation>
    </message>
    <message>
        <source>&amp;Copy the explanation</source>
        <translation>Erklärung &amp;kopieren</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>Log</translation>
    </message>
    <message>
        <source>Explanation</source>
        <translation>Erklärung</translation>
    </message>
    <message>
        <source>What the log says, logged beside planned</source>
        <translation>Was das Log sagt, neben dem, was geplant war</translation>
    </message>
    <message>
        <source>Choose the file of a log, of any size</source>
        <translation>Die Datei eines Logs wählen, gleich wie groß</translation>
    </message>
    <message>
        <source>Set up like the log</source>
        <translation>Wie im Log einstellen</translation>
    </message>
    <message>
        <source>Plan with the engine, device memory, context and options of the log. Undo takes it back</source>
        <translation>Mit Engine, Gerätespeicher, Kontext und Optionen des Logs planen. Rückgängig nimmt es zurück</translation>
    </message>
    <message>
        <source>Copy the explanation</source>
        <translation>Erklärung kopieren</translation>
    </message>
    <message>
        <source>Without the log&apos;s own lines and paths</source>
        <translation>Ohne die Zeilen und Pfade des Logs</translation>
    </message>
    <message>
        <source>No log yet</source>
        <translation>Noch kein Log</translation>
    </message>
    <message>
        <source>&amp;System</source>
        <translation>&amp;System</translation>
    </message>
    <message>
        <source>&amp;Light</source>
        <translation>&amp;Hell</translation>
    </message>
    <message>
        <source>&amp;Dark</source>
        <translation>&amp;Dunkel</translation>
    </message>
    <message>
        <source>&amp;High contrast</source>
        <translation>Hoher &amp;Kontrast</translation>
    </message>
    <message>
        <source>Gi&amp;B (multiples of {count})</source>
        <translation>Gi&amp;B (Vielfache von {count})</translation>
    </message>
    <message>
        <source>&amp;GB (multiples of {count})</source>
        <translation>&amp;GB (Vielfache von {count})</translation>
    </message>
    <message>
        <source>dense</source>
        <translation>dicht</translation>
    </message>
    <message>
        <source>mixture of experts, sliding windows</source>
        <translation>Mixture of Experts, gleitende Fenster</translation>
    </message>
    <message>
        <source>hybrid with recurrent layers</source>
        <translation>hybrid mit rekurrenten Schichten</translation>
    </message>
    <message>
        <source>dense, sliding windows</source>
        <translation>dicht, gleitende Fenster</translation>
    </message>
    <message>
        <source>Try a &amp;sample</source>
        <translation>Bei&amp;spiel öffnen</translation>
    </message>
    <message>
        <source>Open &amp;recent</source>
        <translation>&amp;Zuletzt geöffnet</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>&amp;Datei</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>&amp;Bearbeiten</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>&amp;Ansicht</translation>
    </message>
    <message>
        <source>&amp;Theme</source>
        <translation>&amp;Design</translation>
    </message>
    <message>
        <source>&amp;Units</source>
        <translation>&amp;Einheiten</translation>
    </message>
    <message>
        <source>&amp;Language</source>
        <translation>&amp;Sprache</translation>
    </message>
    <message>
        <source>Te&amp;xt size</source>
        <translation>&amp;Textgröße</translation>
    </message>
    <message>
        <source>&amp;Find this machine&apos;s GPUs</source>
        <translation>G&amp;PUs dieses Rechners suchen</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>&amp;Hilfe</translation>
    </message>
    <message>
        <source>A&amp;ccuracy</source>
        <translation>&amp;Genauigkeit</translation>
    </message>
    <message>
        <source>&amp;Keys</source>
        <translation>&amp;Tasten</translation>
    </message>
    <message>
        <source>&amp;About Memplan</source>
        <translation>Ü&amp;ber Memplan</translation>
    </message>
    <message>
        <source>&amp;Open…</source>
        <comment>menu</comment>
        <translation>Ö&amp;ffnen…</translation>
    </message>
    <message>
        <source>Open a &amp;URL…</source>
        <translation>&amp;URL öffnen…</translation>
    </message>
    <message>
        <source>&amp;Models on this computer</source>
        <translation>Modelle auf diesem &amp;Rechner</translation>
    </message>
    <message>
        <source>Load &amp;beside the model…</source>
        <translation>Neben dem &amp;Modell laden…</translation>
    </message>
    <message>
        <source>Explain a &amp;log…</source>
        <translation>&amp;Log erklären…</translation>
    </message>
    <message>
        <source>Save re&amp;port…</source>
        <translation>&amp;Bericht speichern…</translation>
    </message>
    <message>
        <source>Export chart as P&amp;NG…</source>
        <translation>Diagramm als P&amp;NG exportieren…</translation>
    </message>
    <message>
        <source>Export chart as S&amp;VG…</source>
        <translation>Diagramm als S&amp;VG exportieren…</translation>
    </message>
    <message>
        <source>Export chart as P&amp;DF…</source>
        <translation>Diagramm als P&amp;DF exportieren…</translation>
    </message>
    <message>
        <source>Export table as &amp;CSV…</source>
        <translation>Tabelle als &amp;CSV exportieren…</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>B&amp;eenden</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>&amp;Rückgängig</translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation>&amp;Wiederholen</translation>
    </message>
    <message>
        <source>&amp;Undo {step}</source>
        <translation>&amp;Rückgängig: {step}</translation>
    </message>
    <message>
        <source>&amp;Redo {step}</source>
        <translation>&amp;Wiederholen: {step}</translation>
    </message>
    <message>
        <source>Open what is on the clip&amp;board</source>
        <translation>Aus der &amp;Zwischenablage öffnen</translation>
    </message>
    <message>
        <source>Copy &amp;summary</source>
        <translation>Zusa&amp;mmenfassung kopieren</translation>
    </message>
    <message>
        <source>Copy re&amp;port</source>
        <translation>&amp;Bericht kopieren</translation>
    </message>
    <message>
        <source>Copy &amp;table as CSV</source>
        <translation>&amp;Tabelle als CSV kopieren</translation>
    </message>
    <message>
        <source>Copy plan as &amp;JSON</source>
        <translation>Plan als &amp;JSON kopieren</translation>
    </message>
    <message>
        <source>Copy c&amp;hart</source>
        <translation>&amp;Diagramm kopieren</translation>
    </message>
    <message>
        <source>{percent} %</source>
        <translation>{percent} %</translation>
    </message>
    <message>
        <source>&amp;Larger</source>
        <translation>&amp;Größer</translation>
    </message>
    <message>
        <source>&amp;Smaller</source>
        <translation>&amp;Kleiner</translation>
    </message>
    <message>
        <source>&amp;Usual</source>
        <translation>&amp;Normal</translation>
    </message>
    <message>
        <source>Zoom &amp;in</source>
        <translation>Ver&amp;größern</translation>
    </message>
    <message>
        <source>Zoom &amp;out</source>
        <translation>Ver&amp;kleinern</translation>
    </message>
    <message>
        <source>Show &amp;all contexts</source>
        <translation>&amp;Alle Kontexte zeigen</translation>
    </message>
    <message>
        <source>Li&amp;near axis</source>
        <translation>&amp;Lineare Achse</translation>
    </message>
    <message>
        <source>&amp;Read out the context</source>
        <translation>Konte&amp;xt ablesen</translation>
    </message>
    <message>
        <source>&amp;Forget these</source>
        <translation>Diese &amp;vergessen</translation>
    </message>
    <message>
        <source>https://…, a page of Hugging Face, owner/repo, owner/repo:Q4_K_M, or a model of Ollama&apos;s</source>
        <translation>https://…, eine Seite von Hugging Face, owner/repo, owner/repo:Q4_K_M oder ein Modell von Ollama</translation>
    </message>
    <message>
        <source>Address of a model</source>
        <translation>Adresse eines Modells</translation>
    </message>
    <message>
        <source>{examples}. Enter opens it</source>
        <translation>{examples}. Die Eingabetaste öffnet das Modell</translation>
    </message>
    <message>
        <source>Address or name</source>
        <translation>Adresse oder Name</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Öffnen</translation>
    </message>
    <message>
        <source>Open this address</source>
        <translation>Diese Adresse öffnen</translation>
    </message>
    <message>
        <source>Read the model&apos;s header from there (Enter)</source>
        <translation>Den Header des Modells von dort lesen (Eingabetaste)</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Close the address line</source>
        <translation>Adresszeile schließen</translation>
    </message>
    <message>
        <source>Open nothing (Esc)</source>
        <translation>Nichts öffnen (Esc)</translation>
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
        <source>Counts against the budget</source>
        <translation>Zählt zum Budget</translation>
    </message>
    <message>
        <source>not counted</source>
        <translation>zählt nicht</translation>
    </message>
    <message>
        <source>Breakdown</source>
        <translation>Aufteilung</translation>
    </message>
    <message>
        <source>Bytes of each component at one context. Ctrl+C copies rows</source>
        <translation>Byte jeder Komponente bei einem Kontext. Strg+C kopiert Zeilen</translation>
    </message>
    <message numerus="yes">
        <source>At {count} token</source>
        <comment>At {count} tokens</comment>
        <translation>
            <numerusform>Bei {count} Token</numerusform>
            <numerusform>Bei {count} Token</numerusform>
        </translation>
    </message>
    <message>
        <source>Change the request like this. Undo takes it back</source>
        <translation>Die Anfrage so ändern. Rückgängig nimmt es zurück</translation>
    </message>
    <message>
        <source>Open the smaller file to plan with it; its size is worked out from this one&apos;s</source>
        <translation>Die kleinere Datei öffnen, um mit ihr zu planen; ihre Größe ist aus dieser berechnet</translation>
    </message>
    <message>
        <source>about {size}</source>
        <translation>etwa {size}</translation>
    </message>
    <message>
        <source>Frees {size}.</source>
        <translation>Gibt {size} frei.</translation>
    </message>
    <message numerus="yes">
        <source>Frees {size} at {count} token.</source>
        <comment>Frees {size} at {count} tokens.</comment>
        <translation>
            <numerusform>Gibt bei {count} Token {size} frei.</numerusform>
            <numerusform>Gibt bei {count} Token {size} frei.</numerusform>
        </translation>
    </message>
    <message>
        <source>No context fits then.</source>
        <translation>Auch dann passt kein Kontext.</translation>
    </message>
    <message>
        <source>Parts stay in host memory.</source>
        <translation>Teile bleiben im Hauptspeicher.</translation>
    </message>
    <message numerus="yes">
        <source>{count} token then fits.</source>
        <comment>{count} tokens then fit.</comment>
        <translation>
            <numerusform>Dann passt {count} Token.</numerusform>
            <numerusform>Dann passen {count} Token.</numerusform>
        </translation>
    </message>
    <message>
        <source>{bytes} less</source>
        <translation>{bytes} weniger</translation>
    </message>
    <message>
        <source>Fits whole</source>
        <translation>Passt ganz</translation>
    </message>
    <message>
        <source>Not whole yet</source>
        <translation>Noch nicht ganz</translation>
    </message>
    <message>
        <source>All tokens fit</source>
        <translation>Alle Token passen</translation>
    </message>
    <message>
        <source>More tokens fit</source>
        <translation>Mehr Token passen</translation>
    </message>
    <message>
        <source>Enough</source>
        <translation>Genügt</translation>
    </message>
    <message>
        <source>Not enough alone</source>
        <translation>Allein zu wenig</translation>
    </message>
    <message>
        <source>No single change, and no combination of them, makes this model fit.</source>
        <translation>Mit keiner Änderung und keiner Kombination von Änderungen passt dieses Modell.</translation>
    </message>
    <message>
        <source>Nothing needs to change: even all {ceiling} tokens would fit.</source>
        <translation>Nichts muss geändert werden: Sogar alle {ceiling} Token würden passen.</translation>
    </message>
    <message>
        <source>Nothing needs to change. Up to {most} tokens fit.</source>
        <translation>Nichts muss geändert werden. Bis zu {most} Token passen.</translation>
    </message>
    <message>
        <source>Nothing needs to change: all tokens that the model allows fit.</source>
        <translation>Nichts muss geändert werden: Alle Token, die das Modell erlaubt, passen.</translation>
    </message>
    <message>
        <source>Costs: {costs}</source>
        <translation>Dafür: {costs}</translation>
    </message>
    <message>
        <source>Needs another file</source>
        <translation>Braucht eine andere Datei</translation>
    </message>
    <message>
        <source>Apply</source>
        <translation>Anwenden</translation>
    </message>
    <message>
        <source>Apply: {advice}</source>
        <translation>Anwenden: {advice}</translation>
    </message>
    <message>
        <source>What to change</source>
        <translation>Vorschläge</translation>
    </message>
    <message>
        <source>What would make the model fit, or more of its context, best first</source>
        <translation>Wodurch das Modell passt oder mehr von seinem Kontext; das Beste zuerst</translation>
    </message>
    <message>
        <source>Drag the budget&apos;s line or the marker of the context. The arrow keys read out</source>
        <translation>Die Linie des Budgets oder die Marke des Kontexts ziehen. Die Pfeiltasten lesen ab</translation>
    </message>
    <message>
        <source>Budget</source>
        <translation>Budget</translation>
    </message>
    <message>
        <source>Bits a weight</source>
        <translation>Bits je Gewicht</translation>
    </message>
    <message>
        <source>KV cache</source>
        <translation>KV-Cache</translation>
    </message>
    <message>
        <source>Context</source>
        <translation>Kontext</translation>
    </message>
    <message>
        <source>Reads a token</source>
        <translation>Liest je Token</translation>
    </message>
    <message>
        <source>Of these, host memory</source>
        <translation>Davon Hauptspeicher</translation>
    </message>
    <message>
        <source>Best settings</source>
        <translation>Beste Einstellungen</translation>
    </message>
    <message>
        <source>Quantisations and cache types with which a wanted context starts</source>
        <translation>Quantisierungen und Cache-Typen, mit denen ein gewünschter Kontext startet</translation>
    </message>
    <message>
        <source>At least (tokens)</source>
        <translation>Mindestens (Token)</translation>
    </message>
    <message>
        <source>The context that is wanted at least</source>
        <translation>Der Kontext, der mindestens gewünscht wird</translation>
    </message>
    <message>
        <source>The starts that no other beats</source>
        <translation>Die Starts, die kein anderer übertrifft</translation>
    </message>
    <message>
        <source>Use this one</source>
        <translation>Diesen verwenden</translation>
    </message>
    <message>
        <source>Change the request like this, and open the file where it is another</source>
        <translation>Die Anfrage so ändern, und die Datei öffnen, wo es eine andere ist</translation>
    </message>
    <message>
        <source>At least</source>
        <translation>Mindestens</translation>
    </message>
    <message>
        <source>Reading the other quantisations…</source>
        <translation>Die anderen Quantisierungen werden gelesen…</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>Search no further</source>
        <translation>Nicht weiter suchen</translation>
    </message>
    <message>
        <source>{done} of {count} tried</source>
        <translation>{done} von {count} versucht</translation>
    </message>
    <message numerus="yes">
        <source>{count} start with {tokens} tokens or more is beaten by no other.</source>
        <comment>{count} starts with {tokens} tokens or more are beaten by no other.</comment>
        <translation>
            <numerusform>{count} Start mit mindestens {tokens} Token wird von keinem anderen übertroffen.</numerusform>
            <numerusform>{count} Starts mit mindestens {tokens} Token werden von keinem anderen übertroffen.</numerusform>
        </translation>
    </message>
    <message>
        <source>None starts with {tokens} tokens on this machine.</source>
        <translation>Keiner startet mit {tokens} Token auf dieser Maschine.</translation>
    </message>
    <message>
        <source>Try the quantisations in the model&apos;s folder with each cache type</source>
        <translation>Die Quantisierungen im Ordner des Modells mit jedem Cache-Typ versuchen</translation>
    </message>
    <message>
        <source>Tries the quantisations in the model&apos;s folder with each cache type.</source>
        <translation>Versucht die Quantisierungen im Ordner des Modells mit jedem Cache-Typ.</translation>
    </message>
    <message>
        <source>Use the best settings</source>
        <translation>Die besten Einstellungen verwenden</translation>
    </message>
    <message>
        <source>Models to choose from</source>
        <translation>Modelle zur Auswahl</translation>
    </message>
    <message>
        <source>Enter opens the chosen model, Esc none</source>
        <translation>Die Eingabetaste öffnet das gewählte Modell, Esc keines</translation>
    </message>
    <message>
        <source>Open this model</source>
        <translation>Dieses Modell öffnen</translation>
    </message>
    <message>
        <source>Read the header of the chosen model (Enter)</source>
        <translation>Den Header des gewählten Modells lesen (Eingabetaste)</translation>
    </message>
    <message>
        <source>Close the list</source>
        <translation>Liste schließen</translation>
    </message>
    <message>
        <source>Open none of these (Esc)</source>
        <translation>Keines davon öffnen (Esc)</translation>
    </message>
    <message>
        <source>Against this</source>
        <translation>Differenz</translation>
    </message>
    <message>
        <source>Fits up to</source>
        <translation>Passt bis</translation>
    </message>
    <message>
        <source>Curves cross</source>
        <translation>Kreuzung</translation>
    </message>
    <message>
        <source>Runs on</source>
        <translation>Läuft auf</translation>
    </message>
    <message>
        <source>Draw the other engine&apos;s total as a dashed line over the chart</source>
        <translation>Die Summe der anderen Engine gestrichelt über das Diagramm zeichnen</translation>
    </message>
    <message>
        <source>Keep this plan as it is now, as a line over the chart and a row here</source>
        <translation>Diesen Plan behalten, wie er ist: als Linie über dem Diagramm und als Zeile hier</translation>
    </message>
    <message>
        <source>Keep what the engine allocates beside what it plans, or the reverse, as a line over the chart and a row here</source>
        <translation>Was die Engine reserviert, neben dem behalten, was sie plant, oder umgekehrt: als Linie über dem Diagramm und als Zeile hier</translation>
    </message>
    <message>
        <source>Forget the selected pinned plan (Delete). Undo brings it back</source>
        <translation>Den gewählten angehefteten Plan vergessen (Entf). Rückgängig holt ihn zurück</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>Vergleich</translation>
    </message>
    <message>
        <source>The other engine and pinned plans, and why they differ</source>
        <translation>Die andere Engine und angeheftete Pläne und warum sie sich unterscheiden</translation>
    </message>
    <message>
        <source>Dra&amp;w the other engine</source>
        <translation>Andere Engine &amp;zeichnen</translation>
    </message>
    <message>
        <source>Pin &amp;this plan</source>
        <translation>&amp;Plan anheften</translation>
    </message>
    <message>
        <source>Planned and allocated</source>
        <translation>Geplant und reserviert</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Entfernen</translation>
    </message>
    <message>
        <source>Compared plans</source>
        <translation>Verglichene Pläne</translation>
    </message>
    <message>
        <source>Each plan at the same context; F2 renames a pinned one</source>
        <translation>Jeder Plan beim selben Kontext; F2 benennt einen angehefteten um</translation>
    </message>
    <message>
        <source>Why they differ</source>
        <translation>Warum sie sich unterscheiden</translation>
    </message>
    <message>
        <source>Two plans term by term</source>
        <translation>Zwei Pläne Posten für Posten</translation>
    </message>
    <message>
        <source>Draw the other engine</source>
        <translation>Andere Engine zeichnen</translation>
    </message>
    <message>
        <source>Pin this plan</source>
        <translation>Diesen Plan anheften</translation>
    </message>
    <message>
        <source>Remove the selected plan</source>
        <translation>Gewählten Plan entfernen</translation>
    </message>
    <message>
        <source>Plan</source>
        <translation>Plan</translation>
    </message>
    <message>
        <source>This plan</source>
        <translation>Dieser Plan</translation>
    </message>
    <message>
        <source>Refuses this request</source>
        <translation>Lehnt diese Anfrage ab</translation>
    </message>
    <message>
        <source>F2 or a double click renames it</source>
        <translation>F2 oder ein Doppelklick benennt ihn um</translation>
    </message>
    <message numerus="yes">
        <source>{count} token</source>
        <comment>{count} tokens</comment>
        <translation>
            <numerusform>{count} Token</numerusform>
            <numerusform>{count} Token</numerusform>
        </translation>
    </message>
    <message>
        <source>ends at {context}</source>
        <translation>endet bei {context}</translation>
    </message>
    <message>
        <source>needs {crossing}</source>
        <translation>braucht {crossing}</translation>
    </message>
    <message>
        <source>never</source>
        <translation>nie</translation>
    </message>
    <message numerus="yes">
        <source>Why they differ, at {count} token</source>
        <comment>Why they differ, at {count} tokens</comment>
        <translation>
            <numerusform>Warum sie sich unterscheiden, bei {count} Token</numerusform>
            <numerusform>Warum sie sich unterscheiden, bei {count} Token</numerusform>
        </translation>
    </message>
    <message>
        <source>Component</source>
        <translation>Komponente</translation>
    </message>
    <message>
        <source>Difference</source>
        <translation>Unterschied</translation>
    </message>
    <message>
        <source>Why</source>
        <translation>Warum</translation>
    </message>
    <message>
        <source>Another model</source>
        <translation>Anderes Modell</translation>
    </message>
    <message>
        <source>same</source>
        <translation>gleich</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>Speicher</translation>
    </message>
    <message>
        <source>Starts with</source>
        <translation>Startet mit</translation>
    </message>
    <message>
        <source>Largest that fits</source>
        <translation>Passend bis</translation>
    </message>
    <message>
        <source>Verdict</source>
        <translation>Urteil</translation>
    </message>
    <message>
        <source>Devices</source>
        <translation>Geräte</translation>
    </message>
    <message>
        <source>{place}: {component}</source>
        <translation>{place}: {component}</translation>
    </message>
    <message>
        <source>Counts</source>
        <translation>Zählt</translation>
    </message>
    <message>
        <source>Left</source>
        <translation>Übrig</translation>
    </message>
    <message>
        <source>{size} over</source>
        <translation>{size} zu viel</translation>
    </message>
    <message>
        <source>none</source>
        <comment>context</comment>
        <translation>keiner</translation>
    </message>
    <message>
        <source>Contexts</source>
        <translation>Kontexte</translation>
    </message>
    <message>
        <source>Every component from 2K tokens to the ceiling, and what each device reaches</source>
        <translation>Jede Komponente von 2K Token bis zur Obergrenze und was jedes Gerät erreicht</translation>
    </message>
    <message>
        <source>Bytes of each component at each context</source>
        <translation>Byte jeder Komponente bei jedem Kontext</translation>
    </message>
    <message>
        <source>The context that each size of memory reaches</source>
        <translation>Der Kontext, den jede Speichergröße erreicht</translation>
    </message>
    <message>
        <source>Which context on which device</source>
        <translation>Welcher Kontext auf welchem Gerät</translation>
    </message>
    <message>
        <source>Any with this budget</source>
        <translation>Beliebiges Gerät</translation>
    </message>
    <message>
        <source>Own budget</source>
        <translation>Eigenes Budget</translation>
    </message>
    <message>
        <source>This machine</source>
        <translation>Dieser Rechner</translation>
    </message>
    <message>
        <source>If the wired limit is raised to</source>
        <translation>Mit angehobenem Wired-Limit</translation>
    </message>
    <message>
        <source>Looking for devices…</source>
        <translation>Geräte werden gesucht…</translation>
    </message>
    <message>
        <source>No device found</source>
        <translation>Kein Gerät gefunden</translation>
    </message>
    <message>
        <source>{device} · {size} in all</source>
        <translation>{device} · {size} gesamt</translation>
    </message>
    <message>
        <source>{device} · {size} free now</source>
        <translation>{device} · {size} jetzt frei</translation>
    </message>
    <message>
        <source>No longer {device}</source>
        <translation>Nicht mehr {device}</translation>
    </message>
    <message>
        <source>{device}. Largest single allocation: {limit}</source>
        <translation>{device}. Größte einzelne Belegung: {limit}</translation>
    </message>
    <message>
        <source>Drop a GGUF model here</source>
        <translation>GGUF-Modell hierher ziehen</translation>
    </message>
    <message>
        <source>See how much memory it needs at every context length, before anything is loaded. Only the header is read.</source>
        <translation>Vorher sehen, wie viel Speicher es bei jeder Kontextlänge braucht. Nur der Header wird gelesen, nichts wird geladen.</translation>
    </message>
    <message>
        <source>&amp;Open…</source>
        <translation>&amp;Öffnen…</translation>
    </message>
    <message>
        <source>Choose a GGUF file from the disk (Ctrl+O)</source>
        <translation>Eine GGUF-Datei auswählen (Strg+O)</translation>
    </message>
    <message>
        <source>Open a U&amp;RL…</source>
        <translation>U&amp;RL öffnen…</translation>
    </message>
    <message>
        <source>Open a URL</source>
        <translation>URL öffnen</translation>
    </message>
    <message>
        <source>Type the address of a model, or its name at Hugging Face or Ollama (Ctrl+Shift+O)</source>
        <translation>Die Adresse eines Modells eingeben oder seinen Namen bei Hugging Face oder Ollama (Strg+Umschalt+O)</translation>
    </message>
    <message>
        <source>Try a sam&amp;ple</source>
        <translation>Beis&amp;piel öffnen</translation>
    </message>
    <message>
        <source>Try a sample</source>
        <translation>Beispiel öffnen</translation>
    </message>
    <message>
        <source>Open one of the models that come with Memplan</source>
        <translation>Eines der Modelle öffnen, die Memplan mitbringt</translation>
    </message>
    <message>
        <source>No models found where these keep them: {places}.</source>
        <translation>Keine Modelle gefunden, wo diese sie aufbewahren: {places}.</translation>
    </message>
    <message>
        <source>Let go to open the model</source>
        <translation>Loslassen, um das Modell zu öffnen</translation>
    </message>
    <message>
        <source>tokens</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>Largest buffer</source>
        <translation>Größter Puffer</translation>
    </message>
    <message>
        <source>Auto</source>
        <translation>Auto</translation>
    </message>
    <message>
        <source>On</source>
        <translation>An</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>Aus</translation>
    </message>
    <message>
        <source>Further options: {names}</source>
        <translation>Weitere Optionen: {names}</translation>
    </message>
    <message>
        <source>Not known</source>
        <translation>Unbekannt</translation>
    </message>
    <message>
        <source>Ad&amp;just fewer options</source>
        <translation>Weniger Optio&amp;nen</translation>
    </message>
    <message>
        <source>Ad&amp;just more options</source>
        <translation>Weitere Optio&amp;nen</translation>
    </message>
    <message>
        <source>Ad&amp;just more options ({count} set)</source>
        <translation>Weitere Optio&amp;nen ({count} gesetzt)</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Type</source>
        <translation>Typ</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>Wert</translation>
    </message>
    <message>
        <source>such as {examples}</source>
        <translation>etwa {examples}</translation>
    </message>
    <message>
        <source>Filter</source>
        <translation>Filter</translation>
    </message>
    <message>
        <source>Show only rows that contain this text (Ctrl+F)</source>
        <translation>Nur Zeilen mit diesem Text zeigen (Strg+F)</translation>
    </message>
    <message>
        <source>Key-values and tensors</source>
        <translation>Schlüssel, Werte und Tensoren</translation>
    </message>
    <message>
        <source>What the file&apos;s header says</source>
        <translation>Was der Header der Datei sagt</translation>
    </message>
    <message>
        <source>{shown} of {every}</source>
        <translation>{shown} von {every}</translation>
    </message>
    <message>
        <source>What explains the chart</source>
        <translation>Was das Diagramm erklärt</translation>
    </message>
    <message>
        <source>Breakdown, file and more</source>
        <translation>Aufteilung, Datei und mehr</translation>
    </message>
    <message>
        <source>{help} ({keys})</source>
        <translation>{help} ({keys})</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Quantisation</source>
        <translation>Quantisierung</translation>
    </message>
    <message>
        <source>Found by</source>
        <translation>Gefunden bei</translation>
    </message>
    <message>
        <source>What its author calls it</source>
        <translation>Wie sein Autor es nennt</translation>
    </message>
    <message>
        <source>File type of the header</source>
        <translation>Dateityp aus dem Header</translation>
    </message>
    <message>
        <source>All files of the model on the disk</source>
        <translation>Alle Dateien des Modells auf der Platte</translation>
    </message>
    <message>
        <source>What a start does on the machine at the left</source>
        <translation>Was ein Start auf der Maschine links bewirkt</translation>
    </message>
    <message>
        <source>Context with which the engine starts, in tokens</source>
        <translation>Kontext, mit dem die Engine startet, in Token</translation>
    </message>
    <message>
        <source>Largest context that fits with nothing moved, in tokens</source>
        <translation>Größter Kontext, der passt, ohne dass etwas verschoben wird, in Token</translation>
    </message>
    <message>
        <source>The program that keeps it</source>
        <translation>Das Programm, das es aufbewahrt</translation>
    </message>
    <message>
        <source>Cannot be planned</source>
        <translation>Nicht planbar</translation>
    </message>
    <message>
        <source>No model yet</source>
        <translation>Noch kein Modell</translation>
    </message>
    <message>
        <source>Drop a GGUF file anywhere in this window.</source>
        <translation>Eine GGUF-Datei irgendwo in dieses Fenster ziehen.</translation>
    </message>
    <message>
        <source>O&amp;pen another…</source>
        <translation>Anderes Mode&amp;ll…</translation>
    </message>
    <message numerus="yes">
        <source>{count} model in {source}: choose one</source>
        <comment>{count} models in {source}: choose one</comment>
        <translation>
            <numerusform>{count} Modell in {source}: eines auswählen</numerusform>
            <numerusform>{count} Modelle in {source}: eines auswählen</numerusform>
        </translation>
    </message>
    <message>
        <source>Reading {source} was cancelled.</source>
        <translation>Das Lesen von {source} wurde abgebrochen.</translation>
    </message>
    <message>
        <source>Sample model</source>
        <translation>Beispielmodell</translation>
    </message>
    <message>
        <source>Show no longer why the file could not be opened (Escape)</source>
        <translation>Nicht mehr zeigen, warum die Datei nicht geöffnet werden konnte (Esc)</translation>
    </message>
    <message>
        <source>Close this message</source>
        <translation>Meldung schließen</translation>
    </message>
    <message>
        <source>Still shown: {model}.</source>
        <translation>Weiter angezeigt: {model}.</translation>
    </message>
    <message>
        <source>Other quantisations</source>
        <translation>Andere Quantisierungen</translation>
    </message>
    <message>
        <source>Open another quantisation of this model in its folder</source>
        <translation>Eine andere Quantisierung dieses Modells aus seinem Ordner öffnen</translation>
    </message>
    <message>
        <source>Othe&amp;r quantisations ({count})</source>
        <translation>Ande&amp;re Quantisierungen ({count})</translation>
    </message>
    <message>
        <source>Keep in the library</source>
        <translation>In der Bibliothek behalten</translation>
    </message>
    <message>
        <source>Look into this folder, too, whenever the models on this computer are listed</source>
        <translation>Auch in diesen Ordner sehen, wenn die Modelle auf diesem Rechner aufgelistet werden</translation>
    </message>
    <message>
        <source>Filter by name, quantisation or folder</source>
        <translation>Nach Name, Quantisierung oder Ordner filtern</translation>
    </message>
    <message>
        <source>Show the models that have all of these words</source>
        <translation>Die Modelle zeigen, die alle diese Wörter haben</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Look no further, and keep what is listed</source>
        <translation>Nicht weiter suchen und die Liste behalten</translation>
    </message>
    <message>
        <source>Sho&amp;w all models</source>
        <translation>Alle Mode&amp;lle zeigen</translation>
    </message>
    <message>
        <source>Folder…</source>
        <translation>Ordner…</translation>
    </message>
    <message>
        <source>List all models on this computer</source>
        <translation>Alle Modelle auf diesem Rechner auflisten</translation>
    </message>
    <message>
        <source>Show the plan of the open model again</source>
        <translation>Den Plan des geöffneten Modells wieder zeigen</translation>
    </message>
    <message>
        <source>Back &amp;to the plan</source>
        <translation>&amp;Zurück zum Plan</translation>
    </message>
    <message>
        <source>Models in this folder</source>
        <translation>Modelle in diesem Ordner</translation>
    </message>
    <message>
        <source>Models on this computer</source>
        <translation>Modelle auf diesem Rechner</translation>
    </message>
    <message numerus="yes">
        <source>Compare {count} model</source>
        <comment>Compare {count} models</comment>
        <translation>
            <numerusform>{count} Modell vergleichen</numerusform>
            <numerusform>{count} Modelle vergleichen</numerusform>
        </translation>
    </message>
    <message>
        <source>Open the first, and pin the others to compare with it</source>
        <translation>Das erste öffnen und die anderen zum Vergleich anheften</translation>
    </message>
    <message>
        <source>Drop a model or a folder here</source>
        <translation>Ein Modell oder einen Ordner hierher ziehen</translation>
    </message>
    <message numerus="yes">
        <source>{count} file</source>
        <comment>{count} files</comment>
        <translation>
            <numerusform>{count} Datei</numerusform>
            <numerusform>{count} Dateien</numerusform>
        </translation>
    </message>
    <message>
        <source>Reading {read} of {count}</source>
        <translation>{read} von {count} gelesen</translation>
    </message>
    <message numerus="yes">
        <source>Planning {count} model</source>
        <comment>Planning {count} models</comment>
        <translation>
            <numerusform>{count} Modell wird geplant</numerusform>
            <numerusform>{count} Modelle werden geplant</numerusform>
        </translation>
    </message>
    <message>
        <source>Cancel reading</source>
        <translation>Lesen abbrechen</translation>
    </message>
    <message>
        <source>Stop reading, and keep what is shown (Esc)</source>
        <translation>Nicht weiterlesen und behalten, was angezeigt ist (Esc)</translation>
    </message>
    <message>
        <source>Reading {source}…</source>
        <translation>{source} wird gelesen…</translation>
    </message>
    <message>
        <source>Reading… {size} received</source>
        <translation>Wird gelesen… {size} empfangen</translation>
    </message>
    <message>
        <source>&amp;Used</source>
        <translation>&amp;Verwendet</translation>
    </message>
    <message>
        <source>Tokens that the chat already holds</source>
        <translation>Token, die der Chat schon hat</translation>
    </message>
    <message>
        <source>Comp&amp;letion</source>
        <translation>An&amp;twort</translation>
    </message>
    <message>
        <source>Tokens that the next answer may take at most</source>
        <translation>Token, die die nächste Antwort höchstens haben darf</translation>
    </message>
    <message>
        <source>Request</source>
        <translation>Anfrage</translation>
    </message>
    <message>
        <source>What the engine lets the next answer take of the context it started with, the context that the answer then reaches, and what is left beside the used tokens</source>
        <translation>Was die Engine der nächsten Antwort von dem Kontext lässt, mit dem sie gestartet ist, der Kontext, den die Antwort dann erreicht, und was neben den verwendeten Token übrig ist</translation>
    </message>
    <message>
        <source>Used tokens</source>
        <translation>Verwendete Token</translation>
    </message>
    <message>
        <source>Completion</source>
        <translation>Antwort</translation>
    </message>
    <message>
        <source>E&amp;ngine</source>
        <translation>En&amp;gine</translation>
    </message>
    <message>
        <source>The program that runs the model; each plans its memory its own way</source>
        <translation>Das Programm, in dem das Modell läuft; jedes plant seinen Speicher auf eigene Art</translation>
    </message>
    <message>
        <source>B&amp;ackend</source>
        <translation>Back&amp;end</translation>
    </message>
    <message>
        <source>The interface to the GPU. Metal counts device and host memory together, as they are one</source>
        <translation>Die Schnittstelle zur GPU. Metal zählt Geräte- und Host-Speicher zusammen, da sie eins sind</translation>
    </message>
    <message>
        <source>&amp;Device</source>
        <translation>Ger&amp;ät</translation>
    </message>
    <message>
        <source>A GPU or Mac, of this machine or not: sets the budget to its memory</source>
        <translation>Eine GPU oder ein Mac, hier oder anderswo: setzt das Budget auf den Speicher des Geräts</translation>
    </message>
    <message>
        <source>&amp;Budget</source>
        <translation>B&amp;udget</translation>
    </message>
    <message>
        <source>Memory that the engine may use: all of a GPU&apos;s, or the working set of a Mac. Also the line in the chart, which can be dragged</source>
        <translation>Speicher, den die Engine nutzen darf: der ganze einer GPU oder das Working Set eines Macs. Auch die Linie im Diagramm, die sich ziehen lässt</translation>
    </message>
    <message>
        <source>Total memor&amp;y</source>
        <translation>Gesamtspei&amp;cher</translation>
    </message>
    <message>
        <source>All memory of the Mac: beyond it the model does not fit, beyond the budget alone it is tight</source>
        <translation>Der ganze Speicher des Macs: Darüber passt das Modell nicht, nur über dem Budget passt es knapp</translation>
    </message>
    <message>
        <source>&amp;Context</source>
        <translation>&amp;Kontext</translation>
    </message>
    <message>
        <source>Tokens to plan for; understands 32K. Also the marker in the chart, which can be dragged</source>
        <translation>Token, für die geplant wird; versteht 32K. Auch die Marke im Diagramm, die sich ziehen lässt</translation>
    </message>
    <message>
        <source>Let the engine choose the context from the memory that there is</source>
        <translation>Die Engine den Kontext nach dem vorhandenen Speicher wählen lassen</translation>
    </message>
    <message>
        <source>Auto&amp;matic</source>
        <translation>Auto&amp;matisch</translation>
    </message>
    <message>
        <source>Same as the budget</source>
        <translation>Wie das Budget</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>Automatisch</translation>
    </message>
    <message>
        <source>Budget (MiB), slider</source>
        <translation>Budget (MiB), Schieberegler</translation>
    </message>
    <message>
        <source>Automatic context</source>
        <translation>Automatischer Kontext</translation>
    </message>
    <message>
        <source>Automatic ({tokens})</source>
        <translation>Automatisch ({tokens})</translation>
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
        <source>Host memor&amp;y</source>
        <translation>Hauptspei&amp;cher</translation>
    </message>
    <message>
        <source>Memory of the machine that the host&apos;s part may take, beside that of the devices</source>
        <translation>Speicher des Rechners, den der Teil auf dem Host belegen darf, neben dem der Geräte</translation>
    </message>
    <message>
        <source>GPU {number}</source>
        <translation>GPU {number}</translation>
    </message>
    <message>
        <source>A GPU of this machine or not: sets the budget to its memory</source>
        <translation>Eine GPU dieses Rechners oder eine andere: setzt das Budget auf ihren Speicher</translation>
    </message>
    <message>
        <source>Budget of GPU {number} (GiB)</source>
        <translation>Budget von GPU {number} (GiB)</translation>
    </message>
    <message>
        <source>Memory that the engine may use on this device</source>
        <translation>Speicher, den die Engine auf diesem Gerät verwenden darf</translation>
    </message>
    <message>
        <source>Move GPU {number} up</source>
        <translation>GPU {number} nach oben</translation>
    </message>
    <message>
        <source>The engine counts devices in this order</source>
        <translation>In dieser Reihenfolge zählt die Engine die Geräte</translation>
    </message>
    <message>
        <source>Move GPU {number} down</source>
        <translation>GPU {number} nach unten</translation>
    </message>
    <message>
        <source>Remove GPU {number}</source>
        <translation>GPU {number} entfernen</translation>
    </message>
    <message>
        <source>Plan without this device</source>
        <translation>Ohne dieses Gerät planen</translation>
    </message>
    <message>
        <source>Not limited</source>
        <translation>Nicht begrenzt</translation>
    </message>
    <message>
        <source>Add a GPU</source>
        <translation>GPU hinzufügen</translation>
    </message>
    <message>
        <source>Plan for one more device, at first as the last one</source>
        <translation>Mit einem weiteren Gerät planen, zuerst wie das letzte</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>Gerät</translation>
    </message>
    <message>
        <source>Host memory</source>
        <translation>Hauptspeicher</translation>
    </message>
    <message>
        <source>Order of the devices</source>
        <translation>Reihenfolge der Geräte</translation>
    </message>
    <message>
        <source>Remove a GPU</source>
        <translation>GPU entfernen</translation>
    </message>
    <message>
        <source>Total memory</source>
        <translation>Gesamtspeicher</translation>
    </message>
    <message>
        <source>The engine&apos;s log would say:</source>
        <translation>Im Log der Engine stünde:</translation>
    </message>
    <message>
        <source>{engine} refuses these options</source>
        <translation>{engine} lehnt diese Optionen ab</translation>
    </message>
    <message>
        <source>{reason}. The last plan that it takes stays below.</source>
        <translation>{reason}. Der letzte Plan, den sie annimmt, bleibt darunter stehen.</translation>
    </message>
    <message>
        <source>Change the request to this. Undo takes it back</source>
        <translation>Die Anfrage so ändern. Rückgängig nimmt es zurück</translation>
    </message>
    <message>
        <source>Use</source>
        <translation>Übernehmen</translation>
    </message>
    <message>
        <source>Use {answer}: {question}</source>
        <translation>{answer} übernehmen: {question}</translation>
    </message>
    <message>
        <source>Which memory, how much is needed and how much there is, and what follows</source>
        <translation>Welcher Speicher, wie viel gebraucht wird und wie viel da ist, und was folgt</translation>
    </message>
    <message>
        <source>The engine&apos;s log says</source>
        <translation>Im Log der Engine steht</translation>
    </message>
    <message>
        <source>Solved</source>
        <translation>Gelöst</translation>
    </message>
    <message>
        <source>Memory over context length</source>
        <translation>Speicher über Kontextlänge</translation>
    </message>
    <message>
        <source>No model is open.</source>
        <translation>Kein Modell ist geöffnet.</translation>
    </message>
    <message>
        <source>not limited</source>
        <translation>nicht begrenzt</translation>
    </message>
    <message>
        <source>Memory from {least} at {first} tokens to {most} at {last} tokens. Budget {budget}. At {context} tokens it needs {needed}.{others} Marked contexts: {marks}. Left and Right read it out, Page Up and Page Down go from marker to marker.</source>
        <translation>Speicher von {least} bei {first} Token bis {most} bei {last} Token. Budget {budget}. Bei {context} Token werden {needed} gebraucht.{others} Markierte Kontexte: {marks}. Links und Rechts lesen ab, Bild auf und Bild ab gehen von Marke zu Marke.</translation>
    </message>
    <message>
        <source>{plan} needs {size}.</source>
        <translation>{plan} braucht {size}.</translation>
    </message>
    <message>
        <source>While it serves, up to {size} are taken.</source>
        <translation>Im Betrieb werden bis zu {size} belegt.</translation>
    </message>
    <message>
        <source>Budget {size}</source>
        <translation>Budget {size}</translation>
    </message>
    <message>
        <source>{size} used for automatic sizing</source>
        <translation>{size} für die Automatik</translation>
    </message>
    <message>
        <source>{size} automatic</source>
        <translation>{size} automatisch</translation>
    </message>
    <message>
        <source>Buffer limit {size}</source>
        <translation>Puffergrenze {size}</translation>
    </message>
    <message>
        <source>up to {size} while it serves</source>
        <translation>bis zu {size} im Betrieb</translation>
    </message>
    <message>
        <source>crosses at {context}</source>
        <translation>kreuzt bei {context}</translation>
    </message>
    <message>
        <source>{size} at {context}</source>
        <translation>{size} bei {context}</translation>
    </message>
    <message>
        <source>over budget</source>
        <translation>über Budget</translation>
    </message>
    <message>
        <source>{component} (estimated)</source>
        <translation>{component} (geschätzt)</translation>
    </message>
    <message>
        <source>Context length (tokens)</source>
        <translation>Kontextlänge (Token)</translation>
    </message>
    <message>
        <source>Requested</source>
        <translation>Angefordert</translation>
    </message>
    <message>
        <source>requested</source>
        <translation>angefordert</translation>
    </message>
    <message>
        <source>Ceiling</source>
        <translation>Obergrenze</translation>
    </message>
    <message>
        <source>ceiling</source>
        <translation>Obergrenze</translation>
    </message>
    <message>
        <source>Floor</source>
        <translation>Untergrenze</translation>
    </message>
    <message>
        <source>floor</source>
        <translation>Untergrenze</translation>
    </message>
    <message>
        <source>automatic</source>
        <translation>automatisch</translation>
    </message>
    <message>
        <source>auto</source>
        <translation>auto</translation>
    </message>
    <message>
        <source>Largest</source>
        <translation>Größter</translation>
    </message>
    <message>
        <source>largest that fits</source>
        <translation>passend bis</translation>
    </message>
    <message>
        <source>largest</source>
        <translation>größter</translation>
    </message>
    <message>
        <source>{title} · pinned</source>
        <translation>{title} · angeheftet</translation>
    </message>
    <message numerus="yes">
        <source>ends at {count} token</source>
        <comment>ends at {count} tokens</comment>
        <translation>
            <numerusform>endet bei {count} Token</numerusform>
            <numerusform>endet bei {count} Token</numerusform>
        </translation>
    </message>
    <message>
        <source>Taken, not limited</source>
        <translation>Belegt, nicht begrenzt</translation>
    </message>
    <message>
        <source>Left in the budget</source>
        <translation>Vom Budget übrig</translation>
    </message>
    <message>
        <source>Over the budget</source>
        <translation>Über dem Budget</translation>
    </message>
    <message>
        <source>The file cannot be opened.</source>
        <translation>Die Datei kann nicht geöffnet werden.</translation>
    </message>
    <message>
        <source>This is a folder.</source>
        <translation>Das ist ein Ordner.</translation>
    </message>
    <message>
        <source>There is nothing under that name or address.</source>
        <translation>Unter diesem Namen oder dieser Adresse ist nichts.</translation>
    </message>
    <message>
        <source>The file changed while it was read.</source>
        <translation>Die Datei hat sich beim Lesen geändert.</translation>
    </message>
    <message>
        <source>The server did not send what was asked of it.</source>
        <translation>Der Server hat nicht geschickt, was verlangt war.</translation>
    </message>
    <message>
        <source>The server cannot be reached.</source>
        <translation>Der Server ist nicht erreichbar.</translation>
    </message>
    <message>
        <source>No model there has that name.</source>
        <translation>Kein Modell dort heißt so.</translation>
    </message>
    <message>
        <source>The files of the split model do not belong together.</source>
        <translation>Die Dateien des aufgeteilten Modells gehören nicht zusammen.</translation>
    </message>
    <message>
        <source>This is not a GGUF file.</source>
        <translation>Das ist keine GGUF-Datei.</translation>
    </message>
    <message>
        <source>The file ends inside its header.</source>
        <translation>Die Datei endet mitten im Header.</translation>
    </message>
    <message>
        <source>The header breaks the rules of the format.</source>
        <translation>Der Header verletzt die Regeln des Formats.</translation>
    </message>
    <message>
        <source>This version of the format is not in use any more, or not yet.</source>
        <translation>Diese Version des Formats ist nicht mehr oder noch nicht in Gebrauch.</translation>
    </message>
    <message>
        <source>The file holds no language model.</source>
        <translation>Die Datei enthält kein Sprachmodell.</translation>
    </message>
    <message>
        <source>Fits</source>
        <translation>Passt</translation>
    </message>
    <message>
        <source>Tight</source>
        <translation>Passt knapp</translation>
    </message>
    <message>
        <source>Does not fit</source>
        <translation>Passt nicht</translation>
    </message>
    <message>
        <source>Cannot open {source}</source>
        <translation>{source} kann nicht geöffnet werden</translation>
    </message>
    <message>
        <source>It cannot be loaded beside this model: {reason}.</source>
        <translation>Neben diesem Modell kann es nicht geladen werden: {reason}.</translation>
    </message>
    <message>
        <source>Choose the file that was made for this model.</source>
        <translation>Wählen Sie die Datei, die für dieses Modell gemacht ist.</translation>
    </message>
    <message>
        <source>Something unexpected went wrong.</source>
        <translation>Etwas Unerwartetes ist geschehen.</translation>
    </message>
    <message>
        <source>The model cannot be read.</source>
        <translation>Das Modell kann nicht gelesen werden.</translation>
    </message>
    <message>
        <source>At byte {offset}: {detail}</source>
        <translation>Bei Byte {offset}: {detail}</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>Schichten</translation>
    </message>
    <message>
        <source>{memory}: {layers}</source>
        <translation>{memory}: {layers}</translation>
    </message>
    <message numerus="yes">
        <source>{count} layer</source>
        <comment>{count} layers</comment>
        <translation>
            <numerusform>{count} Schicht</numerusform>
            <numerusform>{count} Schichten</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>experts of {count} layer in host memory</source>
        <comment>experts of {count} layers in host memory</comment>
        <translation>
            <numerusform>Experten von {count} Schicht im Hauptspeicher</numerusform>
            <numerusform>Experten von {count} Schichten im Hauptspeicher</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} layer in part</source>
        <comment>{count} layers in part</comment>
        <translation>
            <numerusform>{count} Schicht zum Teil</numerusform>
            <numerusform>{count} Schichten zum Teil</numerusform>
        </translation>
    </message>
    <message>
        <source>Layer {number}</source>
        <translation>Schicht {number}</translation>
    </message>
    <message>
        <source>Output layer</source>
        <translation>Ausgabeschicht</translation>
    </message>
    <message>
        <source>{size} experts: {memory}</source>
        <translation>{size} Experten: {memory}</translation>
    </message>
    <message numerus="yes">
        <source>{count} KV head</source>
        <comment>{count} KV heads</comment>
        <translation>
            <numerusform>{count} KV-Kopf</numerusform>
            <numerusform>{count} KV-Köpfe</numerusform>
        </translation>
    </message>
    <message>
        <source>{size} weights</source>
        <translation>{size} Gewichte</translation>
    </message>
    <message numerus="yes">
        <source>{count} tensor</source>
        <comment>{count} tensors</comment>
        <translation>
            <numerusform>{count} Tensor</numerusform>
            <numerusform>{count} Tensoren</numerusform>
        </translation>
    </message>
    <message>
        <source>The model allows {declared} tokens; on Metal the engine stops at {ceiling}.</source>
        <translation>Das Modell erlaubt {declared} Token; auf Metal hört die Engine bei {ceiling} auf.</translation>
    </message>
    <message>
        <source>{needed} of a budget of {budget}</source>
        <translation>{needed} von einem Budget von {budget}</translation>
    </message>
    <message>
        <source>{bytes}, exact</source>
        <translation>{bytes}, exakt</translation>
    </message>
    <message>
        <source>{bytes}, estimated, ± {band}</source>
        <translation>{bytes}, geschätzt, ± {band}</translation>
    </message>
    <message>
        <source>{label} ({unit})</source>
        <translation>{label} ({unit})</translation>
    </message>
    <message>
        <source>{name}, slider</source>
        <translation>{name}, Schieberegler</translation>
    </message>
    <message>
        <source>{name}: {choice}</source>
        <translation>{name}: {choice}</translation>
    </message>
    <message>
        <source>Default ({count})</source>
        <translation>Vorgabe ({count})</translation>
    </message>
    <message>
        <source>All ({count})</source>
        <translation>Alle ({count})</translation>
    </message>
    <message>
        <source>{help}. Ctrl+C copies rows</source>
        <translation>{help}. Strg+C kopiert Zeilen</translation>
    </message>
    <message>
        <source>What takes the memory</source>
        <translation>Was den Speicher braucht</translation>
    </message>
    <message>
        <source>Why it fits or not, and what would be enough</source>
        <translation>Warum es passt oder nicht und was genügen würde</translation>
    </message>
    <message>
        <source>What would make it fit, best first</source>
        <translation>Wodurch es passen würde, das Beste zuerst</translation>
    </message>
    <message>
        <source>Best start</source>
        <translation>Bester Start</translation>
    </message>
    <message>
        <source>The starts that no other beats for a wish</source>
        <translation>Die Starts für einen Wunsch, die kein anderer übertrifft</translation>
    </message>
    <message>
        <source>The other engine and pinned plans</source>
        <translation>Die andere Engine und angeheftete Pläne</translation>
    </message>
    <message>
        <source>Every context, and which device reaches it</source>
        <translation>Jeder Kontext und welches Gerät ihn erreicht</translation>
    </message>
    <message>
        <source>Quantisations</source>
        <translation>Quantisierungen</translation>
    </message>
    <message>
        <source>Enter or a click opens one</source>
        <translation>Eingabe oder ein Klick öffnet eine</translation>
    </message>
    <message>
        <source>File</source>
        <translation>Datei</translation>
    </message>
    <message>
        <source>Read no more, and keep what is shown</source>
        <translation>Nichts mehr lesen und behalten, was zu sehen ist</translation>
    </message>
    <message>
        <source>Show what was there before</source>
        <translation>Zeigen, was vorher zu sehen war</translation>
    </message>
    <message numerus="yes">
        <source>{count} quantisation in {source}</source>
        <comment>{count} quantisations in {source}</comment>
        <translation>
            <numerusform>{count} Quantisierung in {source}</numerusform>
            <numerusform>{count} Quantisierungen in {source}</numerusform>
        </translation>
    </message>
    <message>
        <source>Reading headers: nothing is downloaded.</source>
        <translation>Header werden gelesen: nichts wird heruntergeladen.</translation>
    </message>
    <message>
        <source>Loaded beside a model: {parts}</source>
        <translation>Wird neben einem Modell geladen: {parts}</translation>
    </message>
    <message>
        <source>{read} of {count} read</source>
        <translation>{read} von {count} gelesen</translation>
    </message>
    <message>
        <source>Cannot be read</source>
        <translation>Nicht lesbar</translation>
    </message>
    <message>
        <source>There is no file or address of a model on the clipboard.</source>
        <translation>In der Zwischenablage ist keine Datei oder Adresse eines Modells.</translation>
    </message>
    <message>
        <source>This engine loads nothing beside the model.</source>
        <translation>Diese Engine lädt nichts neben dem Modell.</translation>
    </message>
    <message>
        <source>Open saved plan</source>
        <translation>Gespeicherten Plan öffnen</translation>
    </message>
    <message>
        <source>The file has changed and was read again.</source>
        <translation>Die Datei hat sich geändert und wurde neu gelesen.</translation>
    </message>
    <message>
        <source>Pinned to compare: {count}.</source>
        <translation>Zum Vergleich angeheftet: {count}.</translation>
    </message>
    <message>
        <source>Cannot be planned: {count}.</source>
        <translation>Nicht planbar: {count}.</translation>
    </message>
    <message>
        <source>{source} is gone. This is the plan for what it was.</source>
        <translation>{source} ist nicht mehr da. Der Plan gilt für die Datei, wie sie war.</translation>
    </message>
    <message>
        <source>{model} – Memplan</source>
        <translation>{model} – Memplan</translation>
    </message>
    <message>
        <source>&amp;Copy</source>
        <translation>&amp;Kopieren</translation>
    </message>
    <message>
        <source>&amp;What is this?</source>
        <translation>&amp;Was ist das?</translation>
    </message>
    <message>
        <source>Open the &amp;help on it</source>
        <translation>&amp;Hilfe dazu öffnen</translation>
    </message>
    <message>
        <source>Formula</source>
        <translation>Formel</translation>
    </message>
    <message>
        <source>Worked for {model}</source>
        <translation>Berechnet für {model}</translation>
    </message>
    <message>
        <source>Source</source>
        <translation>Quelle</translation>
    </message>
    <message>
        <source>See also</source>
        <translation>Siehe auch</translation>
    </message>
    <message>
        <source>Formula: {formula}</source>
        <translation>Formel: {formula}</translation>
    </message>
    <message>
        <source>Source: {source}</source>
        <translation>Quelle: {source}</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>Genauigkeit</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>Tasten</translation>
    </message>
    <message>
        <source>What they do</source>
        <translation>Was sie tun</translation>
    </message>
    <message>
        <source>Help – Memplan</source>
        <translation>Hilfe – Memplan</translation>
    </message>
    <message>
        <source>&amp;Back</source>
        <translation>&amp;Zurück</translation>
    </message>
    <message>
        <source>The program</source>
        <translation>Das Programm</translation>
    </message>
    <message>
        <source>such as KV cache, window, 85 %</source>
        <translation>etwa KV-Cache, Fenster, 85 %</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>Suche</translation>
    </message>
    <message>
        <source>Show only topics with these words (Ctrl+F)</source>
        <translation>Nur Themen mit diesen Wörtern zeigen (Strg+F)</translation>
    </message>
    <message>
        <source>Topics</source>
        <translation>Themen</translation>
    </message>
    <message>
        <source>The arrow keys choose a topic</source>
        <translation>Die Pfeiltasten wählen ein Thema</translation>
    </message>
    <message>
        <source>Page</source>
        <translation>Seite</translation>
    </message>
    <message>
        <source>What the chosen topic says</source>
        <translation>Was das gewählte Thema sagt</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>Zurück</translation>
    </message>
    <message>
        <source>Show the topic before (Alt+Left)</source>
        <translation>Das vorige Thema zeigen (Alt+Links)</translation>
    </message>
    <message>
        <source>&amp;Search</source>
        <translation>&amp;Suche</translation>
    </message>
    <message>
        <source>Read out the next shorter context</source>
        <translation>Den nächstkürzeren Kontext ablesen</translation>
    </message>
    <message>
        <source>Read out the next longer context</source>
        <translation>Den nächstlängeren Kontext ablesen</translation>
    </message>
    <message>
        <source>Read out the shortest context</source>
        <translation>Den kürzesten Kontext ablesen</translation>
    </message>
    <message>
        <source>Read out the longest context</source>
        <translation>Den längsten Kontext ablesen</translation>
    </message>
    <message>
        <source>Read out the marker before</source>
        <translation>Die vorige Marke ablesen</translation>
    </message>
    <message>
        <source>Read out the next marker</source>
        <translation>Die nächste Marke ablesen</translation>
    </message>
    <message>
        <source>Pin the read-out, or let it go</source>
        <translation>Die Ablesung anheften oder lösen</translation>
    </message>
    <message>
        <source>Plan for the context that is read out</source>
        <translation>Für den abgelesenen Kontext planen</translation>
    </message>
    <message>
        <source>Hide the read-out</source>
        <translation>Die Ablesung ausblenden</translation>
    </message>
    <message>
        <source>Zoom in</source>
        <translation>Vergrößern</translation>
    </message>
    <message>
        <source>Zoom out</source>
        <translation>Verkleinern</translation>
    </message>
    <message>
        <source>Show all contexts again</source>
        <translation>Wieder alle Kontexte zeigen</translation>
    </message>
    <message>
        <source>Move what is in sight to shorter contexts</source>
        <translation>Den Ausschnitt zu kürzeren Kontexten schieben</translation>
    </message>
    <message>
        <source>Move what is in sight to longer contexts</source>
        <translation>Den Ausschnitt zu längeren Kontexten schieben</translation>
    </message>
    <message>
        <source>Copy the selected rows, or all</source>
        <translation>Die ausgewählten Zeilen kopieren oder alle</translation>
    </message>
    <message>
        <source>Filter the rows of the tab about the file</source>
        <translation>Die Zeilen auf der Registerkarte Datei filtern</translation>
    </message>
    <message>
        <source>Rename the selected pinned plan</source>
        <translation>Den gewählten angehefteten Plan umbenennen</translation>
    </message>
    <message>
        <source>Remove the selected pinned plan</source>
        <translation>Den gewählten angehefteten Plan entfernen</translation>
    </message>
    <message>
        <source>Go to the next control; with Shift to the one before</source>
        <translation>Zum nächsten Bedienelement; mit Umschalt zum vorigen</translation>
    </message>
    <message>
        <source>Together with an underlined letter: go to that control</source>
        <translation>Mit einem unterstrichenen Buchstaben: zu diesem Bedienelement</translation>
    </message>
    <message>
        <source>Make a number larger; with Ctrl in larger steps</source>
        <translation>Eine Zahl vergrößern; mit Strg in größeren Schritten</translation>
    </message>
    <message>
        <source>Make a number smaller; with Ctrl in larger steps</source>
        <translation>Eine Zahl verkleinern; mit Strg in größeren Schritten</translation>
    </message>
    <message>
        <source>Cancel what is being read; close a prompt</source>
        <translation>Das Lesen abbrechen; eine Abfrage schließen</translation>
    </message>
    <message>
        <source>Tabs</source>
        <translation>Registerkarten</translation>
    </message>
    <message>
        <source>Chart</source>
        <translation>Diagramm</translation>
    </message>
    <message>
        <source>Tables</source>
        <translation>Tabellen</translation>
    </message>
    <message>
        <source>Everywhere</source>
        <translation>Überall</translation>
    </message>
    <message>
        <source>Something unexpected – Memplan</source>
        <translation>Etwas Unerwartetes – Memplan</translation>
    </message>
    <message>
        <source>&amp;Copy details</source>
        <translation>Einzelheiten &amp;kopieren</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>Einzelheiten</translation>
    </message>
    <message>
        <source>Where it happened, and the versions</source>
        <translation>Wo es geschah, und die Versionen</translation>
    </message>
    <message>
        <source>Copy details</source>
        <translation>Einzelheiten kopieren</translation>
    </message>
    <message>
        <source>Copy what a bug report needs</source>
        <translation>Kopieren, was ein Fehlerbericht braucht</translation>
    </message>
    <message>
        <source>Something unexpected went wrong</source>
        <translation>Etwas Unerwartetes ist geschehen</translation>
    </message>
    <message>
        <source>That is a mistake of the program, not yours. Nothing is lost: the model, its plan and what can be undone are as they were, and you can go on. If it happens again, close and open the program.</source>
        <translation>Das ist ein Fehler des Programms. Nichts ist verloren: Das Modell, sein Plan und alle Schritte, die sich rückgängig machen lassen, sind wie zuvor, und es kann weitergehen. Wenn es wieder geschieht, das Programm schließen und neu öffnen.</translation>
    </message>
    <message>
        <source>The details name lines of the program and versions; your home folder is ~.</source>
        <translation>Die Einzelheiten nennen Zeilen des Programms und Versionen; der persönliche Ordner heißt darin ~.</translation>
    </message>
    <message numerus="yes">
        <source>It happened {count} time.</source>
        <comment>It happened {count} times.</comment>
        <translation>
            <numerusform>Es geschah {count} Mal.</numerusform>
            <numerusform>Es geschah {count} Mal.</numerusform>
        </translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>Befehl</translation>
    </message>
    <message>
        <source>Starts the same, with nothing left to automatic fitting</source>
        <translation>Startet genauso, ohne dass etwas automatisch angepasst wird</translation>
    </message>
    <message>
        <source>Shell</source>
        <translation>Shell</translation>
    </message>
    <message>
        <source>The shell for which the command is quoted</source>
        <translation>Die Shell, für die der Befehl geschrieben ist</translation>
    </message>
    <message>
        <source>Copy the command</source>
        <translation>Befehl kopieren</translation>
    </message>
    <message>
        <source>{part}: in the same file · {size}</source>
        <translation>{part}: in derselben Datei · {size}</translation>
    </message>
    <message>
        <source>{part}: {name} · {size}</source>
        <translation>{part}: {name} · {size}</translation>
    </message>
    <message>
        <source>Load it no longer</source>
        <translation>Nicht mehr laden</translation>
    </message>
    <message>
        <source>Images up to {side} × {side} pixels: {tokens} tokens each</source>
        <translation>Bilder bis {side} × {side} Pixel: je {tokens} Token</translation>
    </message>
    <message>
        <source>Load {name} too</source>
        <translation>{name} dazuladen</translation>
    </message>
    <message>
        <source>A projector in the model&apos;s folder, which lets it read images or sound</source>
        <translation>Ein Projektor im Ordner des Modells, mit dem es Bilder oder Ton liest</translation>
    </message>
    <message>
        <source>A smaller model in the same folder that could draft tokens for this one</source>
        <translation>Ein kleineres Modell im selben Ordner, das für dieses Token entwerfen könnte</translation>
    </message>
    <message>
        <source>Enter or a click opens a model; select several to compare them</source>
        <translation>Eingabe oder ein Klick öffnet ein Modell; mehrere auswählen, um sie zu vergleichen</translation>
    </message>
    <message>
        <source>Set as an app does</source>
        <translation>Einstellen wie eine App</translation>
    </message>
    <message>
        <source>Set the context, requests at a time and cache type that Ollama, LM Studio or KoboldCpp picks by itself</source>
        <translation>Kontext, Anfragen auf einmal und Cache-Typ einstellen, die Ollama, LM Studio oder KoboldCpp selbst wählt</translation>
    </message>
    <message>
        <source>Set as {app} does</source>
        <translation>Einstellen wie {app}</translation>
    </message>
</context>
</TS>
