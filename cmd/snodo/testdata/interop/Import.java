import java.io.ByteArrayOutputStream;
import java.nio.file.*;
import java.util.*;
import java.util.stream.*;
import javax.tools.ToolProvider;
import org.apache.cxf.tools.common.ToolContext;
import org.apache.cxf.tools.common.toolspec.ToolRunner;
import org.apache.cxf.tools.validator.WSDLValidator;
import org.apache.cxf.tools.wsdlto.WSDLToJava;

// Imports WSDLs as they are: Import FOLDER NAME=URL... validates each with
// CXF's validator, WS-I Basic Profile included, generates a client from it into
// FOLDER/NAME, and compiles that. Each line of output is a name, a colon and
// "ok" or what is wrong.
public class Import {
  public static void main(String[] args) throws Exception {
    for (String pair : List.of(args).subList(1, args.length)) {
      String name = pair.substring(0, pair.indexOf('=')), url = pair.substring(name.length() + 1);
      System.out.println(name + ": " + imported(Path.of(args[0], name), url));
    }
  }

  static String imported(Path folder, String url) {
    try {
      // It says "Passed Validation" by itself, and throws if it did not pass.
      ToolRunner.runTool(WSDLValidator.class, WSDLValidator.class.getResourceAsStream("wsdlvalidator.xml"), false,
        new String[] {"-quiet", url}, new ToolContext());
      new WSDLToJava(new String[] {"-quiet", "-validate=all", "-exsh", "true", "-d", folder.toString(),
        "-p", "urn:snodo:hub:v1:wsdl=nodo", "-p", "urn:snodo:hub:v1=hub",
        "-p", "http://servizi.lavoro.gov.it/comobbl/types=nazionale", url}).run(new ToolContext());
      return compile(folder);
    } catch (Exception e) {
      return String.valueOf(e.getMessage()).replace('\n', ' ');
    }
  }

  static String compile(Path folder) throws Exception {
    List<String> args = new ArrayList<>(List.of("-nowarn", "-proc:none", "-encoding", "UTF-8", "-cp", System.getProperty("java.class.path"), "-d", folder.toString()));
    try (Stream<Path> sources = Files.walk(folder)) {
      sources.map(Path::toString).filter(s -> s.endsWith(".java")).forEach(args::add);
    }
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    int code = ToolProvider.getSystemJavaCompiler().run(null, said, said, args.toArray(new String[0]));
    return code == 0 ? "ok" : said.toString("UTF-8").replace('\n', ' ');
  }
}
