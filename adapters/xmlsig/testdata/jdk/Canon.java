// Reads vectors without a result, one a line: base64 of the document, number of
// the apex element in document order (from 1), PrefixList (a hyphen if none).
// Writes the base64 of the apex's exclusive canonical form, one a line.
//
//   java --add-exports java.xml.crypto/com.sun.org.apache.xml.internal.security=ALL-UNNAMED \
//        --add-exports java.xml.crypto/com.sun.org.apache.xml.internal.security.c14n=ALL-UNNAMED Canon.java
import com.sun.org.apache.xml.internal.security.Init;
import com.sun.org.apache.xml.internal.security.c14n.Canonicalizer;
import java.io.*;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import javax.xml.parsers.*;
import org.w3c.dom.*;

public class Canon {
    public static void main(String[] args) throws Exception {
        Init.init();
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        DocumentBuilder builder = factory.newDocumentBuilder();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        PrintStream out = new PrintStream(System.out, false, "US-ASCII");
        for (String line; (line = in.readLine()) != null; ) {
            String[] f = line.split(" ", 3);
            Document doc = builder.parse(new ByteArrayInputStream(Base64.getDecoder().decode(f[0])));
            Node apex = doc.getElementsByTagName("*").item(Integer.parseInt(f[1]) - 1);
            Canonicalizer c = Canonicalizer.getInstance(Canonicalizer.ALGO_ID_C14N_EXCL_OMIT_COMMENTS);
            ByteArrayOutputStream result = new ByteArrayOutputStream();
            if (f[2].equals("-")) {
                c.canonicalizeSubtree(apex, result);
            } else {
                c.canonicalizeSubtree(apex, f[2], result);
            }
            out.println(Base64.getEncoder().encodeToString(result.toByteArray()));
        }
        out.flush();
    }
}
